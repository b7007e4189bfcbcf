import type { Attachment, MessageKind, ReplyMode, Source } from '#core/message.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { pageOf } from '#web/paging.ts';

/** One message as the conversation's page shows it. */
export interface MessageLine {
  id: number;
  direction: 'in' | 'out';
  kind: MessageKind;
  text: string;
  attachment: Attachment | null;
  status: string;
  mode: ReplyMode | null;
  reason: string | null;
  sources: Source[] | null;
  tookMs: number | null;
  createdAt: Date;
  /** Of an answer: the customer's words it answers. */
  question: string | null;
  /** Of an answer without the AI, when the plan had no answers left: what became of the question. */
  kept: 'waiting' | 'answered' | 'dropped' | null;
  /** Of a person's message: the name of who wrote it here, where that is known. */
  writtenBy: string | null;
}

export const MESSAGES_PER_PAGE = 50;

const conversationMessages = report<
  { tenantId: string; conversationId: string; beforeId: number | null; size: number },
  MessageLine
>(import.meta.url, './statements/conversation-messages.sql');

/** The newest messages before `beforeId` (null: of all), oldest first, and whether there are earlier ones. */
export const createMessagesRead =
  ({ database }: { database: Database }) =>
  async (tenantId: string, conversationId: string, beforeId: number | null) => {
    const page = { tenantId, conversationId, beforeId, size: MESSAGES_PER_PAGE + 1 };
    const { shown, last } = pageOf(await conversationMessages(database.sql, page), MESSAGES_PER_PAGE);
    return { messages: shown.reverse(), hasEarlier: last !== null };
  };

export type MessagesRead = ReturnType<typeof createMessagesRead>;
