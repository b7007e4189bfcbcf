import type { StoredTrace } from '#answering/answer.ts';
import type { OutcomeColumns } from '#core/answer-outcome.ts';
import type { Attachment, MessageKind, ReplyMode, Source } from '#core/message.ts';
import type { Reference } from '#core/reference.ts';
import type { Correction } from '#pipeline/corrections.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { pageOf } from '#web/paging.ts';

export interface MessageLine extends OutcomeColumns {
  id: number;
  direction: 'in' | 'out';
  kind: MessageKind;
  text: string;
  attachment: Attachment | null;
  /** What was heard or seen in the file. */
  mediaText: string | null;
  /** Why the file is not to be had; null: it is, or nobody has asked. */
  mediaReason: string | null;
  refersTo: Reference | null;
  /** Who wrote it, in a group. */
  writerName: string | null;
  status: string;
  mode: ReplyMode | null;
  reason: string | null;
  sources: Source[] | null;
  correction: Correction | null;
  aiTrace: StoredTrace | null;
  charged: boolean;
  tookMs: number | null;
  sentMs: number | null;
  createdAt: Date;
  /** By the platform's clock; null for ours. */
  writtenAt: Date | null;
  question: string | null;
  /** The state of the held question, for a fallback sent when the plan had no answers left. */
  kept: 'waiting' | 'answered' | 'dropped' | null;
  writtenBy: string | null;
}

export const MESSAGES_PER_PAGE = 50;

const conversationMessages = report<
  { tenantId: string; conversationId: string; beforeId: number | null; size: number },
  MessageLine
>(import.meta.url, './statements/conversation-messages.sql');

/** Messages before `beforeId` (null: the newest), oldest first, and whether there are earlier ones. */
export const createMessagesRead =
  ({ database }: { database: Database }) =>
  async (tenantId: string, conversationId: string, beforeId: number | null) => {
    const page = { tenantId, conversationId, beforeId, size: MESSAGES_PER_PAGE + 1 };
    const { shown, last } = pageOf(await conversationMessages(database.sql, page), MESSAGES_PER_PAGE);
    return { messages: shown.reverse(), hasEarlier: last !== null };
  };

export type MessagesRead = ReturnType<typeof createMessagesRead>;
