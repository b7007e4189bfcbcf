import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // Each has a browser, a process and a database of its own.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    retry: process.env.CI ? 2 : 0,
  },
});
