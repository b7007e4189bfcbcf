import type { Sql } from '#platform/db/database.ts';
import { isUnavailable } from '#platform/db/failures.ts';
import type { Logger } from '#platform/logger.ts';
import { type Claim, type ClaimedWork, failTry, MAX_TRIES, postpone, type Settled, type WorkToSettle } from './work.ts';

// After a database failure; up to twice that at random, so that not all work comes back at once.
const AFTER_OUTAGE_MS = 500;
const RETRY_MS = 1_000;

/** `done`: nothing is left of `requests`, so it is to be settled. `settled`: that is done. `lost`: another worker has it. */
export type WorkOutcome =
  | { kind: 'done'; requests: number }
  | { kind: 'settled'; more: boolean }
  | { kind: 'later'; delayMs: number }
  | { kind: 'lost' };

export interface ReplyHandlers {
  /** @throws: a failed try of five. */
  reply: (work: Claim) => Promise<WorkOutcome>;
  /** Out of tries: settles the messages, so that the conversation can go on. */
  giveUp: (work: Claim) => Promise<void>;
}

export function createPerformWork({
  sql,
  settle,
  handlers,
  logger,
}: {
  sql: Sql;
  settle: (work: WorkToSettle) => Promise<Settled>;
  handlers: ReplyHandlers;
  logger: Logger;
}) {
  async function giveUp(work: Claim): Promise<void> {
    await handlers.giveUp(work);
    logger.error({ conversation: work.conversationId }, 'reply: given up after five tries');
  }

  /** R04 (Postgres restarts under load): an unavailable database is no failed try. */
  async function fail(work: ClaimedWork, err: unknown): Promise<void> {
    if (isUnavailable(err)) return void (await postpone(sql, work, AFTER_OUTAGE_MS * (1 + Math.random())));
    const tries = work.tries + 1;
    logger.error({ err, conversation: work.conversationId, try: tries }, 'reply: a try failed');
    if (tries >= MAX_TRIES) await giveUp(work);
    else await failTry(sql, work, RETRY_MS * 2 ** work.tries * (0.5 + Math.random() / 2));
  }

  return {
    giveUp,

    /** Returns whether more work may be claimable now. Never throws. */
    async perform(work: ClaimedWork): Promise<boolean> {
      try {
        const outcome = await handlers.reply(work);
        if (outcome.kind === 'done') return (await settle({ ...work, requests: outcome.requests, reply: null })).more;
        if (outcome.kind === 'settled') return outcome.more;
        if (outcome.kind === 'later') await postpone(sql, work, outcome.delayMs);
      } catch (err) {
        // When even this fails, the missing heartbeat gives the work back.
        await fail(work, err).catch((error: Error) => logger.warn(error, 'reply: the failed try was not recorded'));
      }
      return true;
    },
  };
}

export type PerformWork = ReturnType<typeof createPerformWork>;
