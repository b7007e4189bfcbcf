import { defineConfig } from 'vitest/config';

// The slow proofs: faults that take minutes to show. Those that need several processes on one database run on Postgres only,
// that is when TEST_DATABASE_URL is set.
const onPostgres = Boolean(process.env.TEST_DATABASE_URL);
// These measure: memory, descriptors, or how long something takes while the processor is busy. They have the machine to themselves.
const measuring = [
  'backup',
  'busy-loop',
  'embedded-database',
  'idle-streams',
  'large-broadcast',
  'many-bots',
  'process-faults',
  'soak',
].map((name) => `tests/faults/${name}.test.ts`);
if (onPostgres) measuring.push('tests/faults/postgres/database-outages.test.ts');
// These wait for timers and for processes that start, most of the time: two at once, which a server of 100 connections serves, or as
// many as the server that is there allows.
const waiters = Number(process.env.FAULTS_AT_ONCE ?? 2);
const waiting = [`tests/faults/${onPostgres ? '**/' : ''}*.test.ts`];
const shared = {
  environment: 'node',
  testTimeout: 300_000,
  hookTimeout: 120_000,
  retry: process.env.CI ? 2 : 0,
} as const;

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'waiting',
          include: waiting,
          exclude: measuring,
          maxWorkers: waiters,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...shared, name: 'measuring', include: measuring, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
