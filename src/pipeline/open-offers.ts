import type { Offers } from '#answering/offers.ts';
import type { Attention } from '#core/attention.ts';
import { OTHER_CHOICE } from '#core/choices.ts';
import type { Decision } from '#core/decide-reply.ts';
import { declinesOffer } from '#core/decline-offer.ts';
import type { HistoryTurn } from '#core/message.ts';
import { pickedTitle } from '#core/search/offered-titles.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { NewReply } from './turn.ts';

interface Heard {
  attention: Attention | null;
  /** The question of an offer before it that the customer went past. */
  offered: string | null;
}

interface Answered {
  decision: Decision;
  reply: Pick<NewReply, 'reason' | 'outcome'>;
  history: readonly HistoryTurn[];
}

/** How long a customer may look at "Did you mean …?" before its question is open. */
const OFFER_WAIT_MS = 3 * 60_000;

/** A question that "Did you mean …?" did not answer is open as soon as the customer says so, or goes past it. */
export function hearOffer({ decision, reply, history }: Answered, attention: Attention | null, offers: Offers): Heard {
  const choice = decision.act === 'ask' ? decision.choice : undefined;
  const offer = choice === OTHER_CHOICE ? offers.newest(history) : offers.last(history);
  if (!offer || (choice !== undefined && choice !== OTHER_CHOICE)) return { attention, offered: null };
  const said = decision.act === 'ask' ? decision.text : '';
  const declines = choice === OTHER_CHOICE || declinesOffer(said);
  if (declines && reply.reason === 'no_knowledge') {
    const kind = reply.outcome?.status === 'unknown' ? 'unknown' : 'no_answer';
    return { attention: { kind, question: reply.outcome?.missing || offer.question }, offered: null };
  }
  const helped = pickedTitle(offer.text, said) !== null || reply.outcome?.status === 'answered';
  return { attention, offered: helped ? null : offer.question };
}

const noteSilentOffers = report<{ waitMs: number }, { notified: string }>(import.meta.url, './statements/note-silent-offers.sql');

/** Offers that nobody answered. */
export const createOfferJob =
  ({ sql }: { sql: Sql }) =>
  async (): Promise<void> =>
    void (await noteSilentOffers(sql, { waitMs: OFFER_WAIT_MS }));
