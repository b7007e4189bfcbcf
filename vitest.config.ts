import { defineConfig } from 'vitest/config';

const shared = { environment: 'node', pool: 'threads', testTimeout: 60_000, hookTimeout: 120_000 } as const;

// This one replaces modules of the source, so it needs modules of its own.
const isolated = ['tests/channels/made-up-channel.test.ts'];

// These measure time, so they run one by one.
const timed = ['many-chats', 'stop-and-start'].map((name) => `tests/flows/${name}.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'parts',
          // Loading the same modules for each file would take half of the time.
          isolate: false,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/faults/**', 'tests/flows/**', ...isolated],
          // A test and its database take turns, so three keep two cores busy.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      // Whole processes of the product.
      {
        test: {
          ...shared,
          name: 'flows',
          include: ['tests/flows/**/*.test.ts', ...isolated],
          exclude: timed,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...shared, name: 'timed flows', include: timed, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
