/** For catchers in a copy of the tree: as all tests, but nothing is built, since that is done already. */
import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.js';

export default defineConfig({
  ...tests,
  // Not in the modules that all copies share.
  cacheDir: '.vitest',
  test: {
    ...tests.test,
    include: ['test/**/*.test.ts', 'test/mutations/judges/*.judge.ts'],
    globalSetup: ['test/support/temporary-root.ts'],
    setupFiles: ['test/mutations/same-luck.ts'],
  },
});
