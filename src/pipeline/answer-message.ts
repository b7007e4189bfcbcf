import { decideReply } from '#core/decide-reply.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { nextTurn, optsOut, type TurnMessage } from '#core/turn.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { createKeptAnswers } from './answer-kept.ts';
import { createTurnBeginner, MAX_WAITING, type TurnStart } from './begin-turns.ts';
import { createReplyComposer, type ReplyComposerDeps } from './compose-reply.ts';
import { createDeliverer, type DelivererDeps, type Later } from './deliver-message.ts';
import { createHeldQuestions } from './held-questions.repo.ts';
import { type ReplyToSave, saveReplies } from './save-replies.ts';
import { createMarkSent, createReplyLog, type FinishedJob, type SentReply, type Settled } from './settle-replies.ts';
import type { OpenReply, SavedReply, Turn, TurnNotices } from './turn.ts';

// Long enough to put much work into one statement when there is much, too short to be felt.
const BATCH = { spacingMs: 10, maxItems: 200 };

export interface AnswererDeps
  extends Omit<ReplyComposerDeps, 'notices' | 'pauses'>,
    Omit<DelivererDeps, 'notices' | 'replyLog' | 'markSent' | 'releaseMessages'> {
  database: Database;
  notices: TurnNotices;
  /** pipeline/reply-jobs: settles the jobs of a source. */
  settleReplyJobsSql: (source: string) => string;
}

/**
 * Performs a 'reply' job: answers all that waits in its conversation, oldest first, turn by turn. A reply saved by an earlier
 * try is delivered, never made again, and so are a person's words. What the owner stopped is marked as ignored and nothing is
 * sent. Of several jobs of one conversation the first one answers all; the others find nothing left.
 */
export function createAnswerer(deps: AnswererDeps) {
  const { sql } = deps.database;
  const replyLog = createReplyLog({ sql });
  const begin = createBatcher<TurnStart, Turn | null>({
    ...BATCH,
    flush: createTurnBeginner(sql, deps.aiConfigured ? deps.usage.chargeAhead : null),
  });
  const save = createBatcher<ReplyToSave, SavedReply>({ ...BATCH, flush: (replies) => saveReplies(sql, replies) });
  const sent = createBatcher<SentReply, Settled>({ ...BATCH, flush: createMarkSent(sql, deps.settleReplyJobsSql) });
  const releaseMessages = (ids: number[]) => deps.usage.releaseMessages(ids);
  const composeReply = createReplyComposer(deps);
  const deliver = createDeliverer({ ...deps, replyLog, markSent: sent.add, releaseMessages });
  const kept = createKeptAnswers({ ...deps, held: createHeldQuestions({ sql }), composeReply, releaseMessages });

  /** `attempt`: what may be settled together with the last reply; without it whoever runs the job settles it. */
  return async function answer(
    job: TurnStart,
    attempt?: Pick<FinishedJob, 'id' | 'retryCount'>,
  ): Promise<Later | Settled | undefined> {
    for (;;) {
      const oursSinceMs = performance.now();
      const begun = await begin.add(job);
      if (!begun) return undefined;
      if (begun.stopped) return stop(begun);
      const turn = begun.silenced ? await leaveToPerson(begun) : begun;
      const messages = nextTurn(turn.waiting);
      if (!turn.reply && messages.length === 0) {
        const followUp = await kept.next(turn);
        const later = followUp && (await deliver({ turn, reply: followUp, job: null, oursSinceMs }));
        if (!followUp || later) return later ?? undefined;
        continue;
      }
      const reply = turn.reply ?? (await makeReply(turn, messages));
      if (reply === 'stopped') continue;
      const answered = turn.reply ? 0 : messages.length;
      const isLast = answered === turn.waiting.length && answered < MAX_WAITING;
      const upToMessageId = messages.at(-1)?.id ?? 0;
      const finished = isLast && attempt ? { ...attempt, upToMessageId } : null;
      const outcome = reply && (await deliver({ turn, reply, job: finished, oursSinceMs }));
      if (!reply || outcome || isLast) return outcome ?? undefined;
    }
  };

  async function stop(turn: Turn): Promise<undefined> {
    if (turn.reply) await drop(turn, turn.reply, turn.reply.mode === 'person' ? 'connection_stopped' : 'rejected');
    await kept.dropMoot(turn);
    if (turn.beyondPlan) await kept.keepWaiting(turn);
    await replyLog.markIgnored(turn);
  }

  async function drop(turn: Turn, reply: OpenReply, reason: PeerFailureReason): Promise<void> {
    if (await replyLog.markFailed({ turn, replyId: reply.id }, reason)) await releaseMessages([reply.id]);
  }

  /** What is left of a turn while a person has the conversation: their own words to send. The rest waits for them. */
  async function leaveToPerson(turn: Turn): Promise<Turn> {
    const isPersons = turn.reply?.mode === 'person';
    if (turn.reply && !isPersons) await drop(turn, turn.reply, 'rejected');
    if (turn.waiting.length > 0) await replyLog.leaveToPerson(turn);
    return { ...turn, waiting: [], reply: isPersons ? turn.reply : null };
  }

  async function makeReply(turn: Turn, messages: TurnMessage[]): Promise<SavedReply> {
    const messageIds = messages.map(({ id }) => id);
    const out = optsOut(messages);
    // Before the reply is saved: a try that dies in between is made again.
    if (out !== null) await replyLog.markOptedOut(turn, out);
    const decision = decideReply({ turn: messages, greeting: turn.bot.greeting });
    const chosen = decision.act === 'fixed' ? decision.chosenLanguage : undefined;
    const language =
      chosen ??
      replyLanguage({
        text: decision.act === 'ask' ? decision.text : '',
        known: turn.language,
        chosen: turn.languageChosen,
        platformLanguage: turn.customerLanguage,
      });
    const { reply, chargedMonth } = await composeReply(turn, messageIds, decision, language);
    const asked = decision.act === 'fixed' && decision.needsPerson === true;
    const needsPerson = asked ? 'asked' : reply.reason === 'no_knowledge' ? 'no_answer' : null;
    const keepMs = reply.keep ? kept.keptMs(turn) : null;
    const languageChosen = turn.languageChosen || chosen !== undefined;
    const saved = await save.add({ turn, messageIds, reply, language, languageChosen, chargedMonth, needsPerson, keepMs });
    if (saved === 'stopped' && chargedMonth) await deps.usage.releaseMessages(messageIds, turn);
    if (saved && saved !== 'stopped' && asked && !turn.needsPerson) tellOwner(turn);
    return saved;
  }

  function tellOwner({ tenantId, bot, conversationId, customerName }: Turn): void {
    deps.notices
      .needsPerson({ tenantId, botName: bot.name, botId: bot.id, conversationId, customerName })
      .catch((err: Error) => deps.logger.warn(err, 'the owner was not told that a customer asks for a person'));
  }
}

export type Answerer = ReturnType<typeof createAnswerer>;
