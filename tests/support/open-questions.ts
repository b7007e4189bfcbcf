// Attention rows as the pipeline leaves them, and the grouper over a database.
import { createQuestionGrouper } from '../../src/features/questions/group-questions.ts';
import { createGroupingRepo } from '../../src/features/questions/grouping.repo.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { addMessage, below, type Shop } from './factories.ts';
import { silent } from './pipeline.ts';

type Rows = Parameters<ReturnType<typeof below>['in']>[0];

export interface AskedBy {
  conversationId: string;
}

/** A customer asks something that gets no answer: in the conversation given, else in a new one. */
export async function asks(
  db: Rows,
  shop: Shop,
  question: string,
  { by, kind = 'unknown', language = 'uz', at = new Date() }: { by?: AskedBy; kind?: string; language?: string; at?: Date } = {},
): Promise<AskedBy> {
  const { conversationId } = by ?? (await below(shop).withCustomer({ at }).in(db));
  const { tenantId, botId } = shop;
  const messageId = await addMessage(db, { ...shop, conversationId }, { direction: 'in', text: question, at });
  await db.sql.query(
    `UPDATE messages SET customer_id = c.customer_id FROM conversations c WHERE messages.id = $1 AND c.id = conversation_id`,
    [messageId],
  );
  await db.sql.query(
    `INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, kind, question, language, created_at)
     VALUES ($1, $2, $3, $4, $5::"AttentionKind", $6, $7, $8)`,
    [tenantId, botId, conversationId, messageId, kind, question, language, at],
  );
  return { conversationId };
}

export const grouperOn = (database: Database) =>
  createQuestionGrouper({
    grouping: createGroupingRepo({ database }),
    notifications: { on() {}, notify: async () => {} },
    logger: silent,
  });
