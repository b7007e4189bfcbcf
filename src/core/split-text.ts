/** The most a channel takes in one message. */
export interface TextLimit {
  max: number;
  unit: 'utf16' | 'utf8-bytes';
}

// Where a cut hurts least, best first: between paragraphs, lines, sentences, words.
const BREAKS = [/\n\s*\n/g, /\n/g, /(?<![.!?…])[.!?…]+["'»”)\]]*\s+/g, /\s+/g];
// A break this early in the part would leave it nearly empty; a worse kind of break further on is better.
const EARLIEST_SHARE = 0.4;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const encoder = new TextEncoder();

/**
 * Cuts a text into parts a channel takes, each within the limit, at paragraph, line, sentence or word ends; never inside a
 * letter with its marks or an emoji. Parts are trimmed and never empty; an empty text gives no part.
 */
export function splitText(text: string, limit: TextLimit): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (sizeOf(rest, limit) > limit.max) {
    const end = cutAt(rest, longestPrefix(rest, limit));
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  parts.push(rest);
  return parts.filter((part) => part !== '');
}

/** How much of the limit a text takes. */
export const sizeOf = (text: string, { unit }: Pick<TextLimit, 'unit'>): number =>
  unit === 'utf16' ? text.length : encoder.encode(text).length;

/** How many UTF-16 units of `text` fit, ending at a whole grapheme; at least one code point, or nothing would ever end. */
function longestPrefix(text: string, limit: TextLimit): number {
  let used = 0;
  let end = 0;
  // No part has more units than bytes, so what lies behind `max` units cannot fit either.
  for (const { segment } of graphemes.segment(text.slice(0, limit.max + 1))) {
    used += sizeOf(segment, limit);
    if (used > limit.max) break;
    end += segment.length;
  }
  return end > 0 ? end : hardPrefix(text, limit);
}

/** A single grapheme beyond the limit (dozens of stacked marks) is cut between code points. */
function hardPrefix(text: string, limit: TextLimit): number {
  let end = 0;
  for (const char of text) {
    if (end > 0 && sizeOf(text.slice(0, end + char.length), limit) > limit.max) break;
    end += char.length;
  }
  return end;
}

function cutAt(text: string, max: number): number {
  // A break that begins right behind the prefix is a clean cut too.
  const window = text.slice(0, max + 1);
  for (const pattern of BREAKS) {
    const ends = [...window.matchAll(pattern)].map((match) => Math.min(match.index + match[0].length, max));
    const last = ends.at(-1);
    if (last !== undefined && last >= max * EARLIEST_SHARE) return last;
  }
  return max;
}
