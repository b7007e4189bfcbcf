export interface TextLimit {
  max: number;
  unit: 'utf16' | 'utf8-bytes';
}

// Places to cut, best first: between paragraphs, lines, sentences, words.
const BREAKS = [/\n\s*\n/g, /\n/g, /(?<![.!?…])[.!?…]+["'»”)\]]*\s+/g, /\s+/g];
const WORD_BREAK = BREAKS.at(-1) as RegExp;
// A break before this share of the part is ignored, because the part would be nearly empty.
const EARLIEST_SHARE = 0.4;
/** How far a space inside a number is looked for. */
const NEAR = 8;
/** A longer row of digits is no number. */
const MAX_DIGITS = 24;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

type Range = [from: number, to: number];
interface Span {
  start: number;
  end: number;
}

/** Cuts a text into trimmed, non-empty parts within the limit. Never cuts inside a letter with its marks or an emoji. */
export const splitText = (text: string, limit: TextLimit): string[] =>
  splitRanges(text, limit).map(([from, to]) => text.slice(from, to));

/** Where the parts begin and end. `whole`: spans that are not cut where another place will do; neither are numbers. */
export function splitRanges(text: string, limit: TextLimit, whole: readonly Span[] = []): Range[] {
  const ranges: Range[] = [];
  let [from, to] = trimmed(text, 0, text.length);
  while (from < to && sizeOf(text.slice(from, to), limit) > limit.max) {
    const rest = text.slice(from, to);
    const within = whole.map(({ start, end }) => ({ start: start - from, end: end - from }));
    const end = from + cutAt(rest, longestPrefix(rest, limit), within);
    ranges.push(trimmed(text, from, end));
    [from, to] = trimmed(text, end, to);
  }
  ranges.push([from, to]);
  return ranges.filter(([start, end]) => start < end);
}

function trimmed(text: string, from: number, to: number): Range {
  const part = text.slice(from, to);
  const start = from + (part.length - part.trimStart().length);
  return [start, Math.max(start, from + part.trimEnd().length)];
}

export const sizeOf = (text: string, { unit }: Pick<TextLimit, 'unit'>): number =>
  unit === 'utf16' ? text.length : Buffer.byteLength(text);

/** At least one code point, so that splitting always ends. */
function longestPrefix(text: string, limit: TextLimit): number {
  let used = 0;
  let end = 0;
  // A part never has more units than bytes, so the text behind `max` units cannot fit.
  for (const { segment } of graphemes.segment(text.slice(0, limit.max + 1))) {
    used += sizeOf(segment, limit);
    if (used > limit.max) break;
    end += segment.length;
  }
  return end > 0 ? end : hardPrefix(text, limit);
}

/** Cuts a single grapheme beyond the limit (dozens of stacked marks) between code points. */
function hardPrefix(text: string, limit: TextLimit): number {
  let end = 0;
  for (const char of text) {
    if (end > 0 && sizeOf(text.slice(0, end + char.length), limit) > limit.max) break;
    end += char.length;
  }
  return end;
}

function cutAt(text: string, max: number, whole: readonly Span[]): number {
  // A break right behind the prefix counts.
  const window = text.slice(0, max + 1);
  const ends = (pattern: RegExp): number[] =>
    [...window.matchAll(pattern)].map((match) => Math.min(match.index + match[0].length, max));
  const isWhole = (place: number): boolean => !isInNumber(text, place) && !whole.some((span) => isInside(span, place));
  for (const pattern of BREAKS) {
    const last = ends(pattern).findLast(isWhole);
    if (last !== undefined && last >= max * EARLIEST_SHARE) return last;
  }
  // A long address that begins early goes into the next part.
  const words = ends(WORD_BREAK);
  return words.findLast(isWhole) ?? words.findLast((place) => place >= max * EARLIEST_SHARE) ?? beforeDigits(text, max);
}

const isInside = ({ start, end }: Span, place: number): boolean => start < place && place < end;

/** "50 000" and "+998 90 123-45-67" stay together. */
function isInNumber(text: string, place: number): boolean {
  const around = text.slice(Math.max(0, place - NEAR), place + NEAR);
  const middle = Math.min(place, NEAR);
  const before = /[\d)][^\S\n]*$/.test(around.slice(0, middle));
  return before && /^[^\S\n]*\d/.test(around.slice(middle));
}

/** Where there is no space at all. */
function beforeDigits(text: string, max: number): number {
  let place = max;
  while (place > 1 && max - place < MAX_DIGITS && /\d/.test(text[place] ?? '') && /[\d.,]/.test(text[place - 1] ?? ''))
    place -= 1;
  return max - place < MAX_DIGITS ? place : max;
}
