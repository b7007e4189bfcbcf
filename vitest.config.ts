import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node',
  pool: 'threads',
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // The gate runs thousands of tests on two cores, many against real processes: a hiccup of the machine gets another try.
  retry: process.env.CI ? 2 : 0,
} as const;

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/faults/**', 'tests/flows/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // The whole product as processes of its own: one file at a time, after the rest, since some of it is about time.
        test: { ...shared, name: 'flows', include: ['tests/flows/**/*.test.ts'], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
