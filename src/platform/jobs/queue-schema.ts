import { PgBoss } from 'pg-boss';
import type { Database } from '../db/database.ts';

export const QUEUE_SCHEMA = 'pgboss';

export interface QueueJobs {
  /** Sealed for its job (waiting-mails.ts). */
  mail: { sealed: string };
  /** Reset links and warnings, so that no notice delays them. */
  'security-mail': { sealed: string };
  housekeeping: Record<string, never>;
  connections: Record<string, never>;
  /** Questions of entries that changed. */
  suggestions: Record<string, never>;
  /** Golden questions of bots that changed. */
  quality: Record<string, never>;
}
export type QueueName = keyof QueueJobs;
export const MAIL_QUEUES = ['mail', 'security-mail'] as const;

const KEEP_DONE_SECONDS = 3_600;

/** pg-boss over our own pool, on Postgres and the embedded database alike. */
export function createBoss(
  database: Database,
  options: { supervise: boolean; schedule: boolean; onError: (error: Error) => void },
): PgBoss {
  const boss = new PgBoss({
    db: {
      executeSql: async (text, values) => {
        const result = await database.sql.query(text, values as unknown[]);
        // Several statements in one text give an array of results; pg-boss reads the last.
        return Array.isArray(result) ? (result.at(-1) as typeof result) : result;
      },
    },
    schema: QUEUE_SCHEMA,
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    supervise: options.supervise,
    schedule: options.schedule,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', options.onError);
  return boss;
}

export async function ensureQueues(boss: PgBoss): Promise<void> {
  // R38 (SMTP down): a mail is tried for about a day.
  for (const name of MAIL_QUEUES) {
    await boss.createQueue(name, {
      heartbeatSeconds: 30,
      retryLimit: 30,
      retryDelay: 20,
      retryBackoff: true,
      retryDelayMax: 3_600,
      deleteAfterSeconds: KEEP_DONE_SECONDS,
    });
  }
  await boss.createQueue('connections', { policy: 'singleton', retryLimit: 0, deleteAfterSeconds: KEEP_DONE_SECONDS });
  await boss.createQueue('suggestions', { policy: 'singleton', retryLimit: 0, deleteAfterSeconds: KEEP_DONE_SECONDS });
  // A killed process' job would hold the queue for a quarter of an hour.
  await boss.createQueue('quality', {
    policy: 'singleton',
    heartbeatSeconds: 30,
    retryLimit: 0,
    deleteAfterSeconds: KEEP_DONE_SECONDS,
  });
  await boss.createQueue('housekeeping', { policy: 'singleton', retryLimit: 0, deleteAfterSeconds: KEEP_DONE_SECONDS });
}

export async function createQueueSchema(database: Database): Promise<void> {
  const boss = createBoss(database, { supervise: false, schedule: false, onError: () => {} });
  await boss.start();
  await ensureQueues(boss);
  await boss.stop({ graceful: false });
}
