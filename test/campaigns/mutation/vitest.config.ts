/** Configuration for Stryker, which runs one mutant after another on the tests that it selects. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: 'test/support/equality.ts',
    include: ['test/functions/**/*.test.ts'],
    testTimeout: 30_000,
    // Files share a process, as in `npm test`, but for those whose log the environment configures once per process.
    isolate: process.env.MUTATED_FOLDER === 'root',
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
