import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts'],
    // Threads and servers run from the compiled code, in tests too.
    globalSetup: ['test/support/build-once.ts', 'test/support/temporary-root.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // However busy the machine is: what is waited for comes, or the test's own time is over.
    expect: { poll: { timeout: 15_000 } },
  },
});
