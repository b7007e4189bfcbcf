import { storedTrace } from '#answering/answer.ts';
import { spentColumns } from '#core/ai-spent.ts';
import { outcomeColumns } from '#core/answer-outcome.ts';
import type { Attention } from '#core/attention.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { LanguageWhy } from '#core/reply-language.ts';
import { storableText } from '#core/storable-text.ts';
import type { Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { statement } from '#platform/db/statement.ts';
import type { NewReply, SavedReply, Turn } from './turn.ts';

export interface ReplyToSave {
  turn: Turn;
  /** Oldest first. */
  messageIds: number[];
  reply: NewReply;
  language: ReplyLanguage;
  /** Why the answer is in this language. */
  languageWhy: LanguageWhy;
  languageChosen: boolean;
  /** Null when it was not charged. */
  chargedMonth: string | null;
  needsPerson: 'asked' | 'no_answer' | null;
  /** How long the question is held, in ms; null: not at all. */
  keepMs: number | null;
  attention: Attention | null;
  /** The question of an earlier offer that did not help. */
  offered: string | null;
}

/** `id` null: not saved. */
interface Saved {
  id: number | null;
  replyTo: number;
  ageMs: number;
  customerAgeMs: number;
  notified: string | null;
}

const saveAll = statement<{ replies: string }, Saved>(import.meta.url, './statements/save-replies.sql');

/** As `sending`, before anything is sent: one statement for all. */
export async function saveReplies(sql: Sql, replies: ReplyToSave[]): Promise<SavedReply[]> {
  const params = { replies: JSON.stringify(replies.map(rowOf)) };
  const rows = await retryOnConflict(() => saveAll(sql, params));
  const byMessage = new Map(rows.map((row) => [row.replyTo, row]));
  return replies.map(({ messageIds, reply: { text, mode, choices = null } }) => {
    const saved = byMessage.get(messageIds.at(-1) as number);
    if (!saved) return null;
    const { id, ageMs, customerAgeMs } = saved;
    const unsent = { status: 'sending', sentParts: 0, externalId: null } as const;
    return id === null ? 'not_saved' : { id, text, mode, choices, ageMs, customerAgeMs, ...unsent };
  });
}

const rowOf = ({ turn, messageIds, reply, ...rest }: ReplyToSave) => ({
  conversation_id: turn.conversationId,
  epoch: turn.epoch,
  customer_id: turn.customerId,
  message_ids: messageIds,
  reply_to: messageIds.at(-1),
  first_id: messageIds[0],
  body: storableText(reply.text),
  media_text: reply.mediaText ? storableText(reply.mediaText) : null,
  mode: reply.mode,
  reason: reply.reason,
  sources: reply.sources.length > 0 ? reply.sources : null,
  choices: reply.choices ?? null,
  language: rest.language,
  language_chosen: rest.languageChosen,
  charged: rest.chargedMonth,
  needs_person: rest.needsPerson,
  keep_ms: rest.keepMs,
  attention: rest.attention?.kind ?? null,
  question: rest.attention?.question ?? null,
  offered: rest.offered,
  ai_trace: reply.mode === 'fixed' ? null : storedTrace(reply.trace, { language: rest.language, why: rest.languageWhy }),
  ...outcomeFields(reply),
  ...spentFields(reply),
});

function outcomeFields({ outcome }: NewReply) {
  const columns = outcomeColumns(outcome);
  return {
    ai_status: columns.aiStatus,
    ai_missing: columns.aiMissing,
    ai_model: columns.aiModel,
    prompt_tokens: columns.promptTokens,
    answer_tokens: columns.answerTokens,
    ai_ms: columns.aiMs,
    cost_micro_usd: columns.costMicroUsd,
  };
}

function spentFields({ spent }: NewReply) {
  const columns = spentColumns(spent);
  return {
    spent_calls: columns.spentCalls,
    spent_prompt_tokens: columns.spentPromptTokens,
    spent_answer_tokens: columns.spentAnswerTokens,
    spent_micro_usd: columns.spentMicroUsd,
  };
}
