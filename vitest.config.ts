import { defineConfig } from 'vitest/config';

// One project for each kind of test, so that `bin/test quick` can run what needs no service and no browser.
export default defineConfig({
  test: {
    // Much of a test's time goes by waiting: for leases, servers and browsers.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,tidy,replay}/**/*.test.ts'],
          globalSetup: 'test/build-first.ts',
          // A worker loads what its files share once; anew for each, that took as long as the tests.
          isolate: false,
          // For a machine that is busy with other things; a test of its own ends in far less.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/{contract,sim}/**/*.test.ts'],
          globalSetup: 'test/build-first.ts',
          testTimeout: 30_000,
        },
      },
      {
        test: {
          // Real servers that are stopped, killed and refused.
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: 'test/build-first.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/build-first.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
