// What the owner still has to fill in stands in a text as [[price of a kilogram]].
const BLANK = /\[\[([^[\]\n]{1,80})\]\]/gu;

/** `blank`: what is asked for. */
export type Part = { text: string } | { blank: string; at: number };

export const hasBlanks = (text: string): boolean => text.search(BLANK) !== -1;

/** The text as a form shows it: words and fields in turn. `at`: the number of the blank, from 0. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let at = 0;
  for (const found of text.matchAll(BLANK)) {
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ blank: found[1] as string, at: at++ });
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** A blank without a value stays. */
export function fillBlanks(text: string, values: readonly (string | undefined)[]): string {
  let at = 0;
  return text.replace(BLANK, (blank) => values[at++]?.replace(/[[\]\n]+/gu, ' ').trim() || blank);
}
