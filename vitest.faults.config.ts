import { defineConfig } from 'vitest/config';

// The slow proofs: faults that take minutes to show. Those that need several processes on one database run on Postgres only,
// that is when TEST_DATABASE_URL is set.
export default defineConfig({
  test: {
    include: [process.env.TEST_DATABASE_URL ? 'tests/faults/**/*.test.ts' : 'tests/faults/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    retry: process.env.CI ? 2 : 0,
  },
});
