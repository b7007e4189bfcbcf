import { defineConfig } from 'vitest/config';

// Slow proofs. Those of tests/faults/postgres need several processes on one database, so they run with TEST_DATABASE_URL alone.
// With SOAK the long forms run alone.
const onPostgres = Boolean(process.env.TEST_DATABASE_URL);
const named = (names: string[]): string[] => names.map((name) => `tests/faults/${name}.test.ts`);
const LONG = [
  ...named([
    'backup',
    'busy-loop',
    'desk-kills',
    'disturbed-broadcast',
    'embedded-database',
    'gemini-faults',
    'golden-runs',
    'histories',
    'hostile-tenant',
    'idle-streams',
    'large-broadcast',
    'many-bots',
    'message-faults',
    'orderly-end',
    'process-faults',
    'repeated-kills',
    'soak',
    'telegram-absences',
    'telegram-faults',
  ]),
  'tests/security/fuzz.test.ts',
  ...(onPostgres
    ? named([
        'postgres/broadcast-kills',
        'postgres/database-outages',
        'postgres/desk-latency',
        'postgres/exhaustion',
        'postgres/import-kills',
        'postgres/roles',
        'postgres/rolling-restart',
        'postgres/two-processes',
        'postgres/webhook-kills',
      ])
    : []),
];
const all = process.env['SOAK'] ? LONG : [`tests/faults/${onPostgres ? '**/' : ''}*.test.ts`];
// These measure time or the whole machine, so they run one by one. In the gate all others mostly wait.
const measuring = named([
  ...['backup', 'busy-loop', 'hostile-tenant', 'large-broadcast', 'many-bots'],
  ...(process.env['SOAK'] ? ['embedded-database', 'process-faults'] : []),
  ...(process.env['SOAK'] && onPostgres ? ['postgres/database-outages'] : []),
]);
// Each takes part of the server's connections; 2 fit into the usual 100.
const waiters = Number(process.env.FAULTS_AT_ONCE ?? 2);
const shared = {
  environment: 'node',
  setupFiles: 'tests/support/fixed-seed.ts',
  // A project does not inherit the soak configuration's own.
  testTimeout: process.env['SOAK'] ? 3_600_000 : 300_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 60_000 } },
} as const;

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'waiting',
          include: all,
          exclude: measuring,
          maxWorkers: waiters,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'measuring',
          include: measuring.filter((file) => !process.env['SOAK'] || LONG.includes(file)),
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
