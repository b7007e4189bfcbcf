// What a person of the business must hear of.
import type { AnswerOutcome } from './answer-outcome.ts';
import type { Decision } from './decide-reply.ts';
import { DAY_MS } from './durations.ts';
import type { HistoryTurn } from './message.ts';
import { smallTalkOf } from './small-talk.ts';
import { cutStorableText } from './storable-text.ts';
import { commandOf, isData, type TurnMessage, withLatestWordings, wordsOf } from './turn.ts';
import { wantsPerson } from './wants-person.ts';

/**
 * `asked`: for a person. `unknown`, `partial`: the AI's verdict. `no_answer`: nothing fitted without AI. Written by statements:
 * `failed` (given up) and `wrote` (while a person has the conversation).
 */
export type AttentionKind = 'asked' | 'unknown' | 'partial' | 'no_answer' | 'failed' | 'wrote';

export interface Attention {
  kind: 'asked' | 'unknown' | 'partial' | 'no_answer';
  /** '' for a file without words. */
  question: string;
}

interface Answered {
  decision: Decision;
  reply: { reason: string | null; outcome?: AnswerOutcome; forPerson?: boolean };
  turn: readonly TurnMessage[];
  /** Before the turn, oldest first. */
  history: readonly HistoryTurn[];
  now: Date;
}

const MAX_QUESTION_CHARS = 1_000;
/** A shorter request for a person says nothing of the matter. */
const WORDS_OF_A_MATTER = 5;

/** Null: nobody needs to hear of it. */
export function attentionOf(answered: Answered): Attention | null {
  const kind = kindOf(answered);
  return kind && { kind, question: cutStorableText(questionOf(kind, answered), MAX_QUESTION_CHARS) };
}

function kindOf({ decision, reply: { reason, outcome, forPerson } }: Answered): Attention['kind'] | null {
  if (decision.act === 'fixed' && decision.needsPerson) return 'asked';
  if (decision.act === 'fixed' && decision.unread) return 'no_answer';
  if (forPerson || outcome?.status === 'wants_person') return 'asked';
  if (outcome?.status === 'unknown' || outcome?.status === 'partial') return outcome.status;
  return reason === 'no_knowledge' ? 'no_answer' : null;
}

function questionOf(kind: Attention['kind'], { turn, reply, history, now }: Answered): string {
  if (kind !== 'asked' && reply.outcome?.missing) return reply.outcome.missing.trim();
  const said = withLatestWordings(turn)
    .filter((message) => commandOf(message) === null)
    .map(wordsOf)
    .filter(Boolean);
  if (turn.some(isData)) return said.join('\n');
  if (kind !== 'asked') return said.join('\n');
  const matter = said.filter(isRealQuestion);
  if (matter.length > 0) return matter.join('\n');
  const words = said.join('\n');
  return words.split(/\s+/).length >= WORDS_OF_A_MATTER ? words : (lastQuestion(history, now) ?? words);
}

function lastQuestion(history: readonly HistoryTurn[], now: Date): string | undefined {
  const since = now.getTime() - DAY_MS;
  const isRecent = ({ at }: HistoryTurn): boolean => at === undefined || new Date(at).getTime() > since;
  return history.findLast((turn) => turn.role === 'customer' && isRecent(turn) && isRealQuestion(turn.text))?.text.trim();
}

const isRealQuestion = (text: string): boolean =>
  /^\s*[^/\s]/.test(text) && commandOf({ kind: 'text', text }) === null && !smallTalkOf(text) && !wantsPerson(text);
