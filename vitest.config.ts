import { defineConfig } from 'vitest/config';

// The limits end a test that hangs. What must be quick says so itself, in a way that a busy machine does not break.
const shared = {
  environment: 'node',
  pool: 'threads',
  setupFiles: 'tests/support/fixed-seed.ts',
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 60_000 } },
} as const;

// This one replaces modules of the source, so it needs modules of its own.
const isolated = ['tests/channels/made-up-channel.test.ts'];

// These measure time or the memory of the process, so they run one by one.
const measuring = [
  'flows/many-chats',
  'flows/stop-and-start',
  'answering/heavy-knowledge',
  'platform/embedded/answers-memory',
  'security/aborted-uploads',
].map((name) => `tests/${name}.test.ts`);

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
          exclude: ['tests/e2e/**', 'tests/faults/**', 'tests/flows/**', ...isolated, ...measuring],
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
          exclude: measuring,
          // Each waits for its process much of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...shared, name: 'measuring', include: measuring, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
