import { sizeOf, splitRanges, type TextLimit } from '../split-text.ts';
import { readMarkdown } from './read-markdown.ts';
import { withMarks } from './styled-marks.ts';
import { literal, type StyledText, sliceStyled, withAddresses } from './styled-text.ts';

/** What a channel's texts can hold: styles of their own, marks among the words, or nothing but words. */
export type TextForm = 'styles' | 'marks' | 'plain';

/** Who wrote the words decides how they are read: only the AI writes Markdown. */
export const wordsOf = (text: string, mode: string | null): StyledText => (mode === 'ai' ? readMarkdown(text) : literal(text));

/** The messages of one text in the channel's own form. No part ends inside a number, an address or the label of a link. */
export function messageParts(words: StyledText, { form, limit }: { form: TextForm; limit: TextLimit }): StyledText[] {
  if (form === 'styles') return split(words, limit);
  const shown = withAddresses(words);
  if (form === 'plain' || shown.styles.length === 0) return split(literal(shown.text), limit);
  return markedParts(shown, limit) ?? split(literal(shown.text), limit);
}

function split(words: StyledText, limit: TextLimit): StyledText[] {
  const whole = words.styles.filter(({ kind }) => kind === 'link' || kind === 'code');
  return splitRanges(words.text, limit, whole).map(([from, to]) => sliceStyled(words, from, to));
}

/** The marks take room too. Null when they would take more than half. */
function markedParts(words: StyledText, limit: TextLimit): StyledText[] | null {
  for (let max = limit.max; max > limit.max / 2; ) {
    const parts = split(words, { ...limit, max }).map((part) => literal(withMarks(part)));
    const over = Math.max(...parts.map(({ text }) => sizeOf(text, limit))) - limit.max;
    if (over <= 0) return parts;
    max -= over;
  }
  return null;
}

/** All words that a reader may see of it, on whatever channel. */
export const shownText = (text: string, mode: string | null): string => withAddresses(wordsOf(text, mode)).text;
