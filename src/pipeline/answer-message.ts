import type { Offers } from '#answering/offers.ts';
import { type Attention, attentionOf } from '#core/attention.ts';
import { type Decision, decideReply } from '#core/decide-reply.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import { chooseReplyLanguage } from '#core/reply-language.ts';
import { nextTurn, optsOut, type TurnMessage } from '#core/turn.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { createKeptAnswers } from './answer-kept.ts';
import { createTurnBeginner, MAX_WAITING } from './begin-turns.ts';
import { createReplyComposer, type ReplyComposerDeps } from './compose-reply.ts';
import { createDeliverer, type DelivererDeps } from './deliver-message.ts';
import { createHeldQuestions } from './held-questions.repo.ts';
import { createMoveChat } from './move-chat.ts';
import { hearOffer } from './open-offers.ts';
import type { WorkOutcome } from './perform-work.ts';
import { createReplyLog } from './reply-log.ts';
import { type ReplyToSave, saveReplies } from './save-replies.ts';
import type { OpenReply, SavedReply, Turn, TurnNotices } from './turn.ts';
import type { AnswerLimits } from './usage.service.ts';
import type { Claim, createSettler } from './work.ts';

/** S72: a customer who rewords a message over and over while the AI thinks makes it answer each time. */
const FREE_REWORDINGS = 1;
// Long enough to fill a statement, too short to be felt.
const BATCH = { spacingMs: 10, maxItems: 200 };

export interface AnswererDeps
  extends Omit<ReplyComposerDeps, 'notices' | 'pauses' | 'offers'>,
    Omit<DelivererDeps, 'notices' | 'replyLog' | 'settle' | 'moveChat'> {
  database: Database;
  notices: TurnNotices;
  offers: Offers;
  answerLimits: AnswerLimits;
  settle: ReturnType<typeof createSettler>;
}

/** Turn by turn, oldest first. A reply saved by an earlier try, or by the staff, is delivered and never composed again. */
export function createAnswerer(deps: AnswererDeps) {
  const { sql } = deps.database;
  const replyLog = createReplyLog({ sql });
  const begin = createBatcher<Claim, Turn | null>({
    ...BATCH,
    flush: createTurnBeginner(sql, { charges: deps.aiConfigured, limits: deps.answerLimits }),
  });
  const save = createBatcher<ReplyToSave, SavedReply>({ ...BATCH, flush: (replies) => saveReplies(sql, replies) });
  const composeReply = createReplyComposer(deps);
  const deliver = createDeliverer({ ...deps, replyLog, moveChat: createMoveChat(deps) });
  const kept = createKeptAnswers({ ...deps, held: createHeldQuestions({ sql }), composeReply });

  return async function answer({ conversationId, epoch }: Claim): Promise<WorkOutcome> {
    let unsaved = 0;
    for (;;) {
      const oursSinceMs = performance.now();
      const begun = await begin.add({ conversationId, epoch });
      if (!begun) return { kind: 'lost' };
      const done = { kind: 'done', requests: begun.requests } as const;
      // A turn reads one open reply, and another may wait behind it: a reply of the staff behind the bot's.
      const isMore = begun.openReplies > 1;
      if (begun.stopped) {
        await stop(begun);
        if (isMore) continue;
        return done;
      }
      const turn = begun.silenced ? await leaveToPerson(begun) : await leaveTooLate(begun);
      const messages = nextTurn(turn.waiting);
      if (!turn.reply && messages.length === 0) {
        if (isMore) continue;
        const followUp = await kept.next(turn);
        const outcome = followUp && (await deliver({ turn, reply: followUp, last: false, oursSinceMs }));
        if (!followUp) return done;
        if (outcome) return outcome;
        continue;
      }
      const reply = turn.reply ?? (await makeReply({ ...turn, customerId: messages[0]?.senderId ?? turn.customerId }, messages));
      if (reply === 'not_saved') {
        unsaved += 1;
        if (unsaved > FREE_REWORDINGS) await replyLog.spendCharges(turn, idsOf(messages));
        continue;
      }
      if (!reply) return { kind: 'lost' };
      const last = isLast(turn, messages);
      const outcome = await deliver({ turn, reply, last, oursSinceMs });
      if (outcome || last) return outcome ?? done;
    }
  };

  function isLast(turn: Turn, messages: TurnMessage[]): boolean {
    const answered = turn.reply ? 0 : messages.length;
    const delivered = turn.reply ? 1 : 0;
    return answered === turn.waiting.length && answered < MAX_WAITING && turn.openReplies <= delivered;
  }

  async function stop(turn: Turn): Promise<void> {
    if (turn.reply) await drop(turn, turn.reply, turn.reply.mode === 'person' ? 'connection_stopped' : 'rejected');
    await kept.dropMoot(turn);
    if (turn.beyondPlan) await kept.keepWaiting(turn);
    await replyLog.markIgnored(turn, idsOf(turn.waiting));
  }

  async function drop(turn: Turn, reply: OpenReply, reason: PeerFailureReason): Promise<void> {
    await replyLog.markFailed({ turn, replyId: reply.id }, reason);
  }

  /** Only the staff's own reply is sent; the rest waits for them. */
  async function leaveToPerson(turn: Turn): Promise<Turn> {
    const isPersons = turn.reply?.mode === 'person';
    if (turn.reply && !isPersons) await drop(turn, turn.reply, 'rejected');
    if (turn.waiting.length > 0) await replyLog.leaveToPerson(turn);
    return { ...turn, waiting: [], reply: isPersons ? turn.reply : null };
  }

  /** What came after its reply window had closed asks no AI, gets no reply and waits for a person. */
  async function leaveTooLate(turn: Turn): Promise<Turn> {
    const windowMs = deps.channels[turn.connection.platform]?.replyWindowMs ?? null;
    const late = windowMs === null ? [] : turn.waiting.filter(({ ageMs = 0 }) => ageMs >= windowMs);
    if (late.length === 0) return turn;
    for (const message of late) {
      const out = optsOut([message]);
      if (out !== null) await replyLog.markOptedOut(turn, out);
    }
    await replyLog.leaveLate(turn, idsOf(late));
    return { ...turn, waiting: turn.waiting.filter((message) => !late.includes(message)) };
  }

  async function makeReply(turn: Turn, messages: TurnMessage[]): Promise<SavedReply> {
    const messageIds = idsOf(messages);
    const out = optsOut(messages);
    // Before the reply is saved, because a try that dies in between is repeated.
    if (out !== null) await replyLog.markOptedOut(turn, out);
    const decision = decideReply({ turn: messages, greeting: turn.bot.greeting, isGroup: turn.isGroup });
    if (decision.act === 'fixed' && decision.forget) await replyLog.markToForget(turn);
    const chosen = decision.act === 'fixed' ? decision.chosenLanguage : undefined;
    const { language, why: languageWhy } = chooseReplyLanguage({
      text: saidIn(decision),
      known: chosen ?? turn.language,
      chosen: turn.languageChosen || chosen !== undefined,
      platformLanguage: turn.customerLanguage,
    });
    const composed = await composeReply(turn, messageIds, decision, language);
    if (!composed) {
      await replyLog.markIgnored(turn, messageIds);
      return 'not_saved';
    }
    const { reply, chargedMonth } = composed;
    const { history } = turn;
    const said = attentionOf({ decision, reply, turn: messages, history, now: new Date() });
    const { attention, offered } = hearOffer({ decision, reply, history }, said, deps.offers);
    const needsPerson = needsPersonFor(attention) ?? (offered === null ? null : 'no_answer');
    const keepMs = reply.keep ? kept.keptMs(turn) : null;
    const languageChosen = turn.languageChosen || chosen !== undefined;
    const marks = { needsPerson, keepMs, attention, offered, languageWhy };
    const saved = await save.add({ turn, messageIds, reply, language, languageChosen, chargedMonth, ...marks });
    if (saved && saved !== 'not_saved' && attention?.kind === 'asked' && !turn.needsPerson) tellOwner(turn, attention.question);
    return saved && saved !== 'not_saved' ? { ...saved, place: messages.at(-1)?.place ?? null } : saved;
  }

  function tellOwner({ tenantId, bot, conversationId, customerName }: Turn, question: string): void {
    deps.notices
      .needsPerson({ tenantId, botName: bot.name, botId: bot.id, conversationId, customerName, question })
      .catch((err: Error) => deps.logger.warn(err, 'the owner was not told that a customer asks for a person'));
  }
}

export type Answerer = ReturnType<typeof createAnswerer>;

const idsOf = (messages: TurnMessage[]): number[] => messages.map(({ id }) => id);

const needsPersonFor = (attention: Attention | null): ReplyToSave['needsPerson'] =>
  attention && (attention.kind === 'asked' ? 'asked' : 'no_answer');

/** The customer's own words, which tell their language. Those of a button or a shared post are the business'. */
function saidIn(decision: Decision): string {
  if (decision.act === 'ask') return decision.choice === undefined && !decision.shared ? decision.text : '';
  return decision.act === 'fixed' ? (decision.said ?? '') : '';
}
