import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

interface ReplyJob {
  conversationId: string;
  messageId: number;
}

const fenceConversation = report<Pick<ReplyJob, 'conversationId'>>(import.meta.url, './statements/fence-conversation.sql');
const unsettledMessages = report<ReplyJob, { id: number }>(import.meta.url, './statements/unsettled-job-messages.sql');
const failHeldQuestions = report<ReplyJob, { messageIds: number[] }>(import.meta.url, './statements/fail-held-questions.sql');
const failMessages = report<ReplyJob>(import.meta.url, './statements/fail-job-messages.sql');

/**
 * Settles a reply job that is out of tries: its messages become `failed`, their charges are given back, and a worker that may
 * still work on it is locked out. A second run changes nothing more.
 */
export function createGiveUp({ sql, usage }: { sql: Sql; usage: { releaseMessages(ids: number[]): Promise<unknown> } }) {
  return async ({ conversationId, messageId }: ReplyJob): Promise<void> => {
    const job = { conversationId, messageId };
    await fenceConversation(sql, job);
    await usage.releaseMessages((await unsettledMessages(sql, job)).map(({ id }) => id));
    await usage.releaseMessages((await failHeldQuestions(sql, job)).flatMap(({ messageIds }) => messageIds));
    await failMessages(sql, job);
  };
}

export type GiveUp = ReturnType<typeof createGiveUp>;
