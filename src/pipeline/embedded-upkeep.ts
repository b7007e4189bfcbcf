import type { Database } from '#platform/db/database.ts';

const EVERY_MS = 60_000;
// Fewer changes are not worth the pause.
const MIN_CHANGES = 200;
const STATEMENTS = [
  'VACUUM (ANALYZE) conversation_work',
  'VACUUM (ANALYZE) conversations',
  'VACUUM (ANALYZE) usage_months',
  'ANALYZE messages',
  'ANALYZE customers',
];

/** The embedded database has no autovacuum: dead rows would pile up, and plans made for empty tables would stay. */
export function createEmbeddedUpkeep({ database, onError }: { database: Database; onError: (error: Error) => void }) {
  let changes = 0;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    if (changes < MIN_CHANGES) return;
    changes = 0;
    for (const statement of STATEMENTS) await database.sql.query(statement);
  }

  return {
    run,
    noteChange(): void {
      changes += 1;
    },
    start(): void {
      if (database.kind === 'embedded') timer = setInterval(() => void run().catch(onError), EVERY_MS);
    },
    stop(): void {
      clearInterval(timer);
    },
  };
}
