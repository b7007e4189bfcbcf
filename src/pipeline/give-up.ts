import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Claim } from './work.ts';

const workRequests = report<Claim, { requests: number }>(import.meta.url, './statements/work-requests.sql');
const unsettledMessages = report<Claim, { id: number }>(import.meta.url, './statements/unsettled-messages.sql');
const failHeldQuestions = report<Claim, { messageIds: number[] }>(import.meta.url, './statements/fail-held-questions.sql');
const failUnsettledMessages = report<Claim, { notified: string }>(import.meta.url, './statements/fail-unsettled-messages.sql');
const endGivenUpWork = report<Claim & { requests: number }>(import.meta.url, './statements/end-given-up-work.sql');

/** Messages become `failed` and their charges are returned. Messages after the first try get their own tries. Safe to repeat. */
export function createGiveUp({ sql, usage }: { sql: Sql; usage: { releaseMessages(ids: number[]): Promise<unknown> } }) {
  return async ({ conversationId, epoch }: Claim): Promise<void> => {
    const claim = { conversationId, epoch };
    const [work] = await workRequests(sql, claim);
    if (!work) return;
    await usage.releaseMessages((await unsettledMessages(sql, claim)).map(({ id }) => id));
    await usage.releaseMessages((await failHeldQuestions(sql, claim)).flatMap(({ messageIds }) => messageIds));
    await failUnsettledMessages(sql, claim);
    await endGivenUpWork(sql, { ...claim, requests: work.requests });
  };
}

export type GiveUp = ReturnType<typeof createGiveUp>;
