import { REPLY_LANGUAGES } from '#core/languages.ts';
import type { HistoryTurn } from '#core/message.ts';
import type { Sentence } from './sentences.ts';

/** "Did you mean …?", as it was sent. */
export interface Offer {
  /** With the numbered titles. */
  text: string;
  /** What the customer had asked. */
  question: string;
}

/** Finds offers in a conversation by their first line. */
export function createOffers({ sentence }: { sentence: Sentence }) {
  let leads: string[] | undefined;
  const isOffer = ({ role, text }: HistoryTurn): boolean => {
    leads ??= REPLY_LANGUAGES.map((language) => sentence(language, 'did_you_mean'));
    return role === 'bot' && leads.some((lead) => text.startsWith(lead));
  };

  function at(history: readonly HistoryTurn[], index: number): Offer | null {
    const offer = history[index];
    if (!offer || !isOffer(offer)) return null;
    const before = history.slice(0, index);
    const asked = before.slice(before.findLastIndex(({ role }) => role === 'bot') + 1);
    return { text: offer.text, question: asked.map(({ text }) => text.trim()).join('\n') };
  }

  return {
    /** The offer that the next message answers. */
    last: (history: readonly HistoryTurn[]): Offer | null => at(history, history.length - 1),
    /** The newest one, for a button that was pressed late. */
    newest: (history: readonly HistoryTurn[]): Offer | null => at(history, history.findLastIndex(isOffer)),
  };
}

export type Offers = ReturnType<typeof createOffers>;
