import type { ReplyMode } from '#core/message.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** Stored with an answer that was wrong. */
export interface Correction {
  entryId: string;
  /** What a customer who asks the same now gets; null when that is not known. */
  answer: string | null;
  mode: ReplyMode | null;
}

export interface AnswerRef {
  tenantId: string;
  conversationId: string;
  messageId: number;
}

const noteCorrectionOf = report<AnswerRef & { correction: string }>(import.meta.url, './statements/note-correction.sql');

export async function noteCorrection(sql: Sql, of: AnswerRef, correction: Correction): Promise<void> {
  await noteCorrectionOf(sql, { ...of, correction: JSON.stringify(correction) });
}
