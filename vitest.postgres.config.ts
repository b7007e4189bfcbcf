import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// The tests whose promise depends on Postgres: real races, several processes, query plans, locks, prepared statements.
// `npm test` proves the rest on the embedded database.
const PATTERNS = [
  'tests/pipeline/**/*.test.ts',
  'tests/platform/**/*.test.ts',
  'tests/ai/daily-allowance.test.ts',
  'tests/process/**/*.test.ts',
  'tests/features/broadcasts/**/*.test.ts',
  ...['bot-manager', 'lease-book', 'lease-takeover'].map((name) => `tests/channels/**/${name}.test.ts`),
  ...[
    'account',
    'admins',
    'bot-limit',
    'channel-limit',
    'conversation-streams',
    'corrections.routes',
    'cost-ceiling',
    'deleted-members',
    'entry-questions',
    'group-questions',
    'inbox-races',
    'knowledge.queries',
    'login-limits',
    'merge-questions',
    'proven-tenants',
  ].map(inFeatures),
  ...['passwords', 'password-resets', 'register', 'shared-clock', 'support', 'upkeep', 'watch-plans'].map(inFeatures),
  ...['claimed-accounts', 'hash-flood', 'live-streams', 'nothing-left', 'password-races', 'races', 'statements'].map(
    (name) => `tests/security/${name}.test.ts`,
  ),
  'tests/flows/kill-and-restart.test.ts',
  'tests/web/form-once.test.ts',
  'tests/web/heavy-reads.test.ts',
];

function inFeatures(name: string): string {
  return `tests/features/**/${name}.test.ts`;
}

const unknown = PATTERNS.filter((pattern) => globSync(pattern).length === 0);
if (unknown.length > 0) throw new Error(`vitest.postgres.config.ts: no test matches ${unknown.join(', ')}`);

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    include: PATTERNS,
    exclude: ['tests/platform/embedded/**'],
    environment: 'node',
    pool: 'threads',
    setupFiles: 'tests/support/fixed-seed.ts',
    isolate: false,
    // A test and its database take turns, so three keep two cores busy.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
