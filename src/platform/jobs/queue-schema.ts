import { PgBoss } from 'pg-boss';
import type { Database } from '../db/database.ts';

/** The schema pg-boss keeps its tables in. */
export const QUEUE_SCHEMA = 'pgboss';

/** Job queues by name; what a job of each carries. */
export interface QueueJobs {
  /** One customer turn to answer; keyed by conversation. */
  reply: { conversationId: string; messageId: number };
  /** One mail to send, sealed for its job (waiting-mails.ts). */
  mail: { sealed: string };
  /** Scheduled housekeeping. */
  housekeeping: Record<string, never>;
  /** Scheduled: connections that wait for their check, tokens that are to be renewed. */
  connections: Record<string, never>;
}
export type QueueName = keyof QueueJobs;

// A dead worker is noticed after this; 10 is pg-boss' least.
const HEARTBEAT_SECONDS = 10;
const KEEP_DONE_SECONDS = 3_600;

/** pg-boss over our own pool: one pool per process, on Postgres and on the embedded database alike. */
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

/** Makes the queues, or brings them to these settings; safe to run in every process at start. */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  await boss.createQueue('reply', {
    policy: 'key_strict_fifo',
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: 180,
    // R43: five tries at most, the first one among them.
    retryLimit: 4,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    deleteAfterSeconds: KEEP_DONE_SECONDS,
  });
  // R38: a mail is tried for about a day.
  await boss.createQueue('mail', {
    heartbeatSeconds: 30,
    retryLimit: 30,
    retryDelay: 20,
    retryBackoff: true,
    retryDelayMax: 3_600,
    deleteAfterSeconds: KEEP_DONE_SECONDS,
  });
  await boss.createQueue('connections', { policy: 'singleton', retryLimit: 0, deleteAfterSeconds: KEEP_DONE_SECONDS });
  await boss.createQueue('housekeeping', { policy: 'singleton', retryLimit: 0, deleteAfterSeconds: KEEP_DONE_SECONDS });
}

/** For test snapshots: the queue's tables in a database, nothing running. */
export async function createQueueSchema(database: Database): Promise<void> {
  const boss = createBoss(database, { supervise: false, schedule: false, onError: () => {} });
  await boss.start();
  await ensureQueues(boss);
  await boss.stop({ graceful: false });
}
