// One row of conversation_work for each conversation with messages to answer or replies to send.
import { createBatcher } from '#platform/batcher.ts';
import type { Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report, statement } from '#platform/db/statement.ts';

/** A later claim has another epoch; writes with an older one change nothing. */
export interface Claim {
  conversationId: string;
  epoch: number;
}

export interface ClaimedWork extends Claim {
  connectionId: string;
  tries: number;
}

export interface NeededWork {
  conversationId: string;
  connectionId: string;
  messageId: number;
}

/** `requests`: as begin-turns.sql read it. Null: the turn goes on, and nothing is settled. */
export interface WorkToSettle extends Claim {
  requests: number | null;
  /** `externalId`: of all parts, comma-separated. */
  reply: { id: number; externalId: string; parts: number; tookMs: number } | null;
}

export interface Settled {
  more: boolean;
}

/** The first try included. */
export const MAX_TRIES = 5;
/** Work without a heartbeat for this long is taken from its worker. */
const HEARTBEAT_LOST_MS = 10_000;
const BATCH = { spacingMs: 10, maxItems: 200 };

const askForWork = report<
  { conversationIds: string[]; connectionIds: string[]; messageIds: number[] },
  { asked: number; notified: string | null }
>(import.meta.url, './statements/ask-for-work.sql');
const claimWork = statement<
  { most: number; mostOfOne: number; fullConnections: string[] },
  { claimed: ClaimedWork[] | null; nextDueInMs: number | null }
>(import.meta.url, './statements/claim-work.sql');
const renewWork = statement<{ conversationIds: string[]; epochs: number[] }>(import.meta.url, './statements/renew-work.sql');
const settleWork = statement<
  {
    conversationIds: string[];
    epochs: number[];
    requests: (number | null)[];
    replyIds: (number | null)[];
    externalIds: (string | null)[];
    parts: (number | null)[];
    tookMs: (number | null)[];
  },
  { conversationId: string | null }
>(import.meta.url, './statements/settle-work.sql');
const postponeWork = statement<Claim & { delayMs: number }>(import.meta.url, './statements/postpone-work.sql');
const failWorkTry = statement<Claim & { delayMs: number }>(import.meta.url, './statements/fail-work-try.sql');
const reclaimWork = statement<{ everyone: boolean; heartbeatMs: number; maxTries: number }, ClaimedWork>(
  import.meta.url,
  './statements/reclaim-work.sql',
);

/** Runs in the caller's transaction. Returns the number. */
export async function askForReplies(tx: Sql, needed: readonly NeededWork[]): Promise<number> {
  if (needed.length === 0) return 0;
  const [row] = await askForWork(tx, {
    conversationIds: needed.map(({ conversationId }) => conversationId),
    connectionIds: needed.map(({ connectionId }) => connectionId),
    messageIds: needed.map(({ messageId }) => messageId),
  });
  return row?.asked ?? 0;
}

/** `nextDueInMs`: when more is due; null: nothing is scheduled. */
export async function claim(
  sql: Sql,
  limits: { most: number; mostOfOne: number; fullConnections: string[] },
): Promise<{ claimed: ClaimedWork[]; nextDueInMs: number | null }> {
  const [row] = await claimWork(sql, limits);
  return { claimed: row?.claimed ?? [], nextDueInMs: row?.nextDueInMs ?? null };
}

export const renew = (sql: Sql, claims: readonly Claim[]): Promise<unknown> =>
  renewWork(sql, {
    conversationIds: claims.map(({ conversationId }) => conversationId),
    epochs: claims.map(({ epoch }) => epoch),
  });

export function createSettler(sql: Sql): (work: WorkToSettle) => Promise<Settled> {
  return createBatcher<WorkToSettle, Settled>({
    ...BATCH,
    async flush(work) {
      const rows = await retryOnConflict(() =>
        settleWork(sql, {
          conversationIds: work.map(({ conversationId }) => conversationId),
          epochs: work.map(({ epoch }) => epoch),
          requests: work.map(({ requests }) => requests),
          replyIds: work.map(({ reply }) => reply?.id ?? null),
          externalIds: work.map(({ reply }) => reply?.externalId ?? null),
          parts: work.map(({ reply }) => reply?.parts ?? null),
          tookMs: work.map(({ reply }) => reply?.tookMs ?? null),
        }),
      );
      const unfinished = new Set(rows.map(({ conversationId }) => conversationId));
      return work.map(({ conversationId }) => ({ more: unfinished.has(conversationId) }));
    },
  }).add;
}

/** Counts as no failed try. */
export const postpone = (sql: Sql, { conversationId, epoch }: Claim, delayMs: number): Promise<unknown> =>
  postponeWork(sql, { conversationId, epoch, delayMs: Math.round(delayMs) });

export const failTry = (sql: Sql, { conversationId, epoch }: Claim, delayMs: number): Promise<unknown> =>
  failWorkTry(sql, { conversationId, epoch, delayMs: Math.round(delayMs) });

/** `everyone`: at the start on the embedded database, where no other worker is alive. Returns work that is out of tries. */
export const reclaim = (sql: Sql, { everyone }: { everyone: boolean }): Promise<ClaimedWork[]> =>
  reclaimWork(sql, { everyone, heartbeatMs: HEARTBEAT_LOST_MS, maxTries: MAX_TRIES });

/** The worker that composes the bot's reply loses the conversation, unless it is sending. */
export const takeWorkAway = report<{ conversationId: string }>(import.meta.url, './statements/take-work-away.sql');

const adoptJobs = report<Record<never, never>, { adopted: number }>(import.meta.url, './statements/adopt-reply-jobs.sql');

/** Adopts the reply jobs that a process of version 0.1.0 left in pg-boss. Returns the number of conversations. */
export const adoptReplyJobs = async (sql: Sql): Promise<number> => (await adoptJobs(sql, {}))[0]?.adopted ?? 0;
