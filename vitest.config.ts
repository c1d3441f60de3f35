import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const browserTests = 'test/**/*.browser.test.ts';
const longTests = 'test/**/*.long.test.ts';
const isolatedTests = [
  // The environment configures their log, once per process.
  'test/functions/classify/{handler,report,respond}.test.ts',
  // After some damaged files, the HDF5 library cannot read any other.
  'test/{campaigns/fuzz/crashes,layers/model/keras/{damaged,endless}-weights}.test.ts',
  // They mock the list of published networks, and the folder of built ones.
  'test/layers/model/{built-models,source}.test.ts',
];

const least = { lines: 95, branches: 95 };

export default defineConfig({
  test: {
    globalSetup: 'test/support/temporary-files.ts',
    setupFiles: 'test/support/equality.ts',
    // Long enough for a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the processors, because some tests wait for time-outs and other processes.
    maxWorkers: availableParallelism() + 1,
    env: {
      // Silences the SDK's notice that its versions of 2027 will need Node 22.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // The CDK validates each template for as long as all template tests take; test/cdk/app/app.long.test.ts runs that validation once.
      CDK_VALIDATION: 'false',
    },
    coverage: {
      include: ['{cdk,functions,layers}/**/*.ts'],
      // V8 does not see WebAssembly's lines.
      exclude: ['test/**', 'functions/kernels/**'],
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
      // Files share processes: loading the CDK, the SDK or a decoder takes longer than most tests.
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [browserTests, longTests, ...isolatedTests],
          isolate: false,
        },
      },
      // npm run test:long: comparisons of many pixels and networks, floods, programs, and the installed package.
      { extends: true, test: { name: 'long', include: [longTests] } },
      // npm run test:page: needs Chromium and an otherwise idle machine.
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
