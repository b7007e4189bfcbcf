import type { Sentence } from '#answering/sentences.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { correctionText } from '#core/correction-text.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { inScriptOf } from '#core/in-script.ts';
import { type ConversationsService, MAX_REPLY_CHARS } from '#features/conversations/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { PlaygroundApi } from '#features/playground/feature.ts';
import type { QualityService } from '#features/quality/feature.ts';
import { noteCorrection } from '#pipeline/corrections.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Sql } from '#platform/db/database.ts';
import type { Actor } from '#web/actor.ts';
import type { WrongAnswer, WrongAnswers } from './corrections.read.ts';
import type { CorrectionForm } from './corrections.schema.ts';

interface Deps {
  sql: Sql;
  wrongAnswers: WrongAnswers;
  entries: KnowledgeApi['entries'];
  answerNow: PlaygroundApi['answerNow'];
  conversations: Pick<ConversationsService, 'find'>;
  personReplies: Pick<PersonReplies, 'refusalOf' | 'reply'>;
  quality: Pick<QualityService, 'keep'>;
  sentence: Sentence;
  audit: AuditLog;
}

/** The entry to correct, and the words in it now; null when a new one is made. */
export interface Corrected {
  answer: WrongAnswer;
  entry: { id: string; title: string; content: string } | null;
  /** A translation key: why the customer cannot be written to now. */
  refusalKey: string | null;
}

const MESSAGE_ID = /^\d{1,15}$/;

/** An owner says what is right: the entry is corrected or made, and the customer is told when that is wanted. */
export function createCorrectionsService({ wrongAnswers, entries, conversations, personReplies, ...deps }: Deps) {
  async function refusalKeyOf({ tenantId, botId, conversationId, inPlayground }: WrongAnswer): Promise<string | null> {
    if (inPlayground) return 'corrections.send.playground';
    return personReplies.refusalOf(await conversations.find(tenantId, botId, conversationId), new Date());
  }

  /** The first source that still exists, else the entry that an earlier correction made. */
  async function entryOf({ tenantId, botId, sources, newEntryId }: WrongAnswer): Promise<Corrected['entry']> {
    for (const id of [...sources.map((source) => source.id), newEntryId]) {
      const entry = await entries.peek(tenantId, botId, id);
      if (entry) return entry;
    }
    return null;
  }

  function messageOf({ answer, refusalKey }: Corrected, words: string, context: string): string {
    if (refusalKey) throw new ValidationError({ sendCorrection: refusalKey });
    const language = answer.language ?? 'uz';
    const text = `${deps.sentence(language, 'correction')}\n${inScriptOf(language, words, context)}`;
    if (text.length > MAX_REPLY_CHARS) throw new ValidationError({ sendCorrection: 'corrections.send.too_long' });
    return text;
  }

  const wordsFor = (corrected: Corrected, content: string): string =>
    messageOf(corrected, correctionText(corrected.entry?.content ?? '', content), content);

  /** The same content is sent once, however often the form is. */
  async function send(actor: Actor, { tenantId, botId, conversationId, newEntryId }: WrongAnswer, text: string, content: string) {
    const conversation = await conversations.find(tenantId, botId, conversationId);
    return personReplies.reply(actor, conversation, { text, draft: newEntryId, onceFor: content, takesOver: false });
  }

  return {
    /** @throws NotFoundError */
    async find(actor: Actor, of: { botId: string; conversationId: string; messageId: string }): Promise<Corrected> {
      const { tenantId, actorId: userId } = actor;
      if (!isId(of.conversationId) || !MESSAGE_ID.test(of.messageId)) throw new NotFoundError();
      const answer = await wrongAnswers({ ...of, tenantId, userId, messageId: Number(of.messageId) });
      if (!answer) throw new NotFoundError();
      return { answer, entry: await entryOf(answer), refusalKey: await refusalKeyOf(answer) };
    },

    /** Safe to repeat. `now`: what the bot says since; null when that is not known. @throws ValidationError */
    async correct(actor: Actor, corrected: Corrected, { sendCorrection, ...form }: CorrectionForm) {
      const { answer, entry } = corrected;
      const { botId, conversationId, messageId } = answer;
      const entryId = entry?.id ?? answer.newEntryId;
      const words = sendCorrection ? wordsFor(corrected, form.content) : null;
      await entries.put(actor, botId, entryId, form);
      if (words !== null) await send(actor, answer, words, form.content);
      const now = answer.question === '' ? null : await deps.answerNow(answer).catch(() => null);
      await noteCorrection(deps.sql, answer, { entryId, answer: now?.text ?? null, mode: now?.mode ?? null });
      const changed = correctionText(entry?.content ?? '', form.content);
      const kept = { question: answer.question, content: changed, origin: 'correction', originId: answer.newEntryId } as const;
      await deps.quality.keep(actor, botId, kept);
      await deps.audit.record({
        ...actor,
        action: 'conversation.corrected',
        targetType: 'conversation',
        targetId: conversationId,
        details: { botId, messageId, entryId },
      });
      return { sent: sendCorrection, now };
    },

    /** Writes to the customer what is right. The same words once. @throws ValidationError */
    async tell(actor: Actor, corrected: Corrected, words: string): Promise<void> {
      await send(actor, corrected.answer, messageOf(corrected, words, words), words);
    },
  };
}

export type CorrectionsService = ReturnType<typeof createCorrectionsService>;
