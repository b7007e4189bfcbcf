/** Where a draft stands in its source. */
export interface Place {
  page?: number;
  sheet?: string;
  rows?: [from: number, to: number];
}

/** An entry that waits for its owner's review. */
export interface Draft {
  title: string;
  content: string;
  place: Place;
}

export const MAX_TITLE = 200;
/** Below the limit of an entry, so that an owner can add to it. */
const MAX_CONTENT = 8_000;

/** Cuts a long text between its blank lines, else lines, else sentences. The parts are numbered. */
export function fitting({ title, content, place }: Draft): Draft[] {
  const parts = packed(content, MAX_CONTENT);
  return parts.map((part, at) => ({
    title: `${title.slice(0, MAX_TITLE - 10).trim()}${parts.length > 1 ? ` (${at + 1})` : ''}`,
    content: part,
    place,
  }));
}

function packed(text: string, maxChars: number, separators = ['\n\n', '\n', '. ', ' ']): string[] {
  if (text.length <= maxChars) return [text];
  const [separator, ...finer] = separators;
  if (separator === undefined) return text.match(new RegExp(`[\\s\\S]{1,${maxChars}}`, 'gu')) ?? [];
  const parts: string[] = [];
  for (const piece of text.split(separator).flatMap((one) => packed(one, maxChars, finer))) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + separator.length + piece.length <= maxChars)
      parts[parts.length - 1] = `${last}${separator}${piece}`;
    else parts.push(piece);
  }
  return parts;
}

const SHORT_TITLE_CHARS = 70;

/** The first words of a text, up to the end of a sentence. */
export function titleFrom(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  const label = /^([^:.?!\n]{2,40}):\s/u.exec(line)?.[1];
  if (label && /\p{L}/u.test(label)) return label.trim();
  const sentence = line.split(/(?<=[.!?…])\s/u, 1)[0] ?? line;
  if (sentence.length <= SHORT_TITLE_CHARS) return sentence.replace(/[.…:;,]+$/u, '').trim();
  const cut = sentence.slice(0, SHORT_TITLE_CHARS);
  return `${cut.slice(0, cut.lastIndexOf(' ') > 20 ? cut.lastIndexOf(' ') : SHORT_TITLE_CHARS).trim()}…`;
}
