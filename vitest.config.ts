import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const browserTests = 'test/**/*.browser.test.ts';
const isolatedTests = [
  // Their log is set up by the environment, once in a process.
  'test/functions/classify/{whole/{faults,floods},handler,report,respond}.test.ts',
  // After some damaged files, the HDF5 library reads no others.
  'test/{campaigns/fuzz/crashes,layers/model/keras/{damaged,endless}-weights}.test.ts',
  // Networks that are not published.
  'test/layers/model/source.test.ts',
  // They look at the memory of their process.
  'test/campaigns/hostile/hostile.test.ts',
];

const least = { lines: 95, branches: 95 };

export default defineConfig({
  test: {
    globalSetup: 'test/support/temporary-files.ts',
    setupFiles: 'test/support/equality.ts',
    // Of a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than there are processors: some tests wait for time-outs and other processes.
    maxWorkers: availableParallelism() + 1,
    env: {
      // The SDK's notice that its versions of 2027 will want Node 22.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // The CDK's own check of each template takes as long as all tests of templates; test/cdk/app/app.test.ts has it done.
      CDK_VALIDATION: 'false',
    },
    coverage: {
      include: ['{cdk,functions,layers}/**/*.ts'],
      exclude: ['test/**'],
      reporter: [['text', { skipFull: true }], 'json-summary'],
      reportsDirectory: 'build/coverage',
      thresholds: {
        'cdk/**': least,
        'functions/**': least,
        'layers/**': least,
      },
    },
    projects: [
      { extends: true, test: { name: 'isolated', include: isolatedTests } },
      // Each process takes one after the other: to load the CDK, the SDK or a decoder takes longer than most of them.
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [browserTests, ...isolatedTests],
          isolate: false,
        },
      },
      // They need a Chromium, and the machine to themselves.
      {
        extends: true,
        test: {
          name: 'page',
          include: [browserTests],
          fileParallelism: false,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
