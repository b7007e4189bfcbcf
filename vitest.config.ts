import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node',
  pool: 'threads',
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // The gate runs thousands of tests on two cores, many against real processes: a hiccup of the machine gets another try.
  retry: process.env.CI ? 2 : 0,
} as const;

// It replaces modules of the source, so it needs modules of its own.
const isolated = ['tests/channels/made-up-channel.test.ts'];

// How long something takes is a part of these: each has the machine to itself.
const timed = ['kill-and-restart', 'many-chats', 'quiet-log', 'stop-and-start'].map((name) => `tests/flows/${name}.test.ts`);

// About the embedded database, whatever the others use: once is enough.
const embeddedOnly = process.env.TEST_DATABASE_URL ? ['tests/platform/embedded/**', 'tests/flows/dump-and-restore.test.ts'] : [];

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'parts',
          // Half of the time would go into loading the same modules for each file.
          isolate: false,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/faults/**', 'tests/flows/**', ...isolated, ...embeddedOnly],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // The whole product as processes of its own, after the rest.
      {
        test: {
          ...shared,
          name: 'flows',
          include: ['tests/flows/**/*.test.ts', ...isolated],
          exclude: [...timed, ...embeddedOnly],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...shared, name: 'timed flows', include: timed, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
