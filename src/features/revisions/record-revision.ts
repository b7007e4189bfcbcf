import { isDeepStrictEqual } from 'node:util';
import type { RevisionSubject } from '#platform/db/generated/client.ts';
import type { Transaction } from '#platform/db/row-lock.ts';

export interface SavedState {
  tenantId: string;
  botId: string;
  subject: RevisionSubject;
  /** The entry's id; of facts and prompt the bot's. */
  subjectId: string;
  /** What it was until now, and since when; null for something new. */
  before: { content: object; at: Date } | null;
  /** Null: it is deleted. */
  content: object | null;
  /** Null: nobody is known to have done it. */
  actorId: string | null;
}

/** In the transaction that saves, under the bot's lock. A save that changes nothing leaves no revision. */
export async function recordRevision(tx: Transaction, saved: SavedState): Promise<void> {
  const { tenantId, botId, subject, subjectId, before, content, actorId } = saved;
  if (before && content && isDeepStrictEqual(plain(before.content), plain(content))) return;
  const of = { tenantId, botId, subject, subjectId };
  // What is older than this table has no revision of its state before the change.
  if (before && (await tx.revision.count({ where: { tenantId, botId, subjectId, subject } })) === 0) {
    await tx.revision.create({ data: { ...of, content: before.content, createdAt: before.at } });
  }
  await tx.revision.create({ data: { ...of, actorId, ...(content && { content }) } });
}

/** As the database gives it back. */
const plain = (content: object): unknown => JSON.parse(JSON.stringify(content));
