import { defineConfig } from 'vitest/config';

// The slow proofs: faults that take minutes to show. On Postgres when TEST_DATABASE_URL is set.
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
