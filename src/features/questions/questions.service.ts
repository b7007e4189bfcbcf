import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { QualityService } from '#features/quality/feature.ts';
import { atMost } from '#platform/at-most.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Actor } from '#web/actor.ts';
import type { AnswerCheck } from './check-answer.ts';
import type { Question, QuestionState, QuestionsRepo } from './questions.repo.ts';
import type { AnswerForm, ListQuery } from './questions.schema.ts';
import type { AnswerSender } from './send-answers.ts';

const PAGE_ROWS = 20;
const ALL_ROWS = 100;
/** A longer list is sent on in the background. */
const SEND_WAIT_MS = 3_000;

interface Deps {
  questions: QuestionsRepo;
  knowledge: Pick<KnowledgeApi['entries'], 'create' | 'update' | 'find'>;
  check: AnswerCheck;
  sender: AnswerSender;
  quality: Pick<QualityService, 'keep'>;
  audit: AuditLog;
  logger: Logger;
}

export function createQuestionsService({ questions, knowledge, check, sender, quality, audit, logger }: Deps) {
  const record = (actor: Actor, action: AuditAction, { id, botId }: Question, details: object = {}): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'open_question', targetId: id, details: { botId, ...details } });

  /** Null: not answered yet, or the entry was deleted since. */
  const entryOf = (tenantId: string, { botId, entryId }: Question) =>
    knowledge.find(tenantId, botId, entryId).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });

  async function detail(tenantId: string, question: Question) {
    const [examples, askers, outcome, entry] = await Promise.all([
      questions.examples(tenantId, question.id),
      questions.askers(tenantId, question.id),
      questions.outcome(tenantId, question.id),
      entryOf(tenantId, question),
    ]);
    const now = new Date();
    const refused: Record<string, number> = {};
    for (const asker of askers) {
      const reason = sender.refusalOf(asker, now);
      if (reason) refused[reason] = (refused[reason] ?? 0) + 1;
    }
    const unwritable = Object.values(refused).reduce((sum, count) => sum + count, 0);
    return { ...question, entry, examples, told: outcome.told, refused, writable: askers.length - unwritable };
  }

  /** @throws NotFoundError */
  async function find(tenantId: string, botId: string, id: unknown): Promise<Question> {
    const question = isId(id) ? await questions.find(tenantId, botId, id) : null;
    if (!question) throw new NotFoundError();
    return question;
  }

  /** Makes an entry of it, or changes the one of an earlier answer, and asks the bot again. */
  async function answer(actor: Actor, question: Question, { title, content }: AnswerForm): Promise<void> {
    const { id, botId } = question;
    const [example] = await questions.examples(actor.tenantId, id);
    if (!example) throw new NotFoundError();
    const entry = await entryOf(actor.tenantId, question);
    if (entry) await knowledge.update(actor, botId, entry.id, { title, content });
    const entryId = entry?.id ?? (await knowledge.create(actor, botId, { title, content }));
    await questions.answered(actor.tenantId, id, { entryId, answer: content });
    await record(actor, 'question.answered', question, { entryId });
    await quality.keep(actor, botId, { question: example.words, content, origin: 'question', originId: id });
    const [asker] = await questions.askers(actor.tenantId, id);
    const asked = { words: asker?.words ?? example.words, language: asker?.language ?? null };
    const checked = await check({ tenantId: actor.tenantId, botId }, asked).catch((err: Error) => {
      logger.warn(err, 'an answer could not be checked');
      return null;
    });
    if (checked) await questions.checked(actor.tenantId, id, checked);
  }

  /** Noted before the first message is, so that it goes on after a kill. @throws ValidationError */
  async function send(actor: Actor, question: Question): Promise<void> {
    if (question.answer === null || question.state !== 'answered') {
      throw new ValidationError({ form: 'questions.send.not_answered' });
    }
    await questions.sendAsked(actor.tenantId, question.id, actor.actorId);
    await record(actor, 'question.sent', question);
    const sending = sender.send(actor, question).catch((err: Error) => {
      logger.warn({ err, question: question.id }, 'an answer was not sent to all who asked, trying again');
    });
    await atMost(SEND_WAIT_MS, sending);
  }

  return {
    find,
    versions: questions.versions,
    detail,

    /** A page beyond the last is empty. */
    async list(tenantId: string, botId: string, { q, state, page }: Omit<ListQuery, 'question'>) {
      const shown: QuestionState = state ?? 'open';
      const rows = await questions.page(tenantId, botId, {
        ...{ state: shown, search: q, limit: PAGE_ROWS, offset: (page - 1) * PAGE_ROWS },
      });
      const found = rows[0]?.total ?? 0;
      return { rows, found, page, pageCount: Math.max(page, Math.ceil(found / PAGE_ROWS)) };
    },

    /** In every state, open ones first. */
    all: (tenantId: string, botId: string, { q, state, page }: Omit<ListQuery, 'question'>) =>
      questions.page(tenantId, botId, { state, search: q, limit: ALL_ROWS, offset: (page - 1) * ALL_ROWS }),

    answer,

    lastAsked: questions.lastAsked,

    /**
     * For the desk: answers the question and sends it to all who asked, but in the conversation `toldIn`. What the bot says
     * since, and in how many conversations it was told; null when the message asked no open question. Safe to repeat.
     */
    async answerAsked(
      actor: Actor,
      { botId, messageId, toldIn }: { botId: string; messageId: number; toldIn: string | null },
      form: AnswerForm,
    ) {
      const asked = await questions.ofMessage(actor.tenantId, botId, messageId);
      if (!asked) return null;
      if (asked.answer !== form.content) await answer(actor, asked, form);
      if (toldIn) await questions.told(actor.tenantId, asked.id, { id: toldIn, round: asked.round }, null);
      const answered = await find(actor.tenantId, botId, asked.id);
      await send(actor, answered);
      const { told } = await questions.outcome(actor.tenantId, asked.id);
      return { says: answered.checkText, told: told - (toldIn ? 1 : 0) };
    },

    send,

    async dismiss(actor: Actor, question: Question): Promise<void> {
      if (await questions.dismissed(actor.tenantId, question.id)) await record(actor, 'question.dismissed', question);
    },
  };
}

export type QuestionsService = ReturnType<typeof createQuestionsService>;
