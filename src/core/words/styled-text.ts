export type StyleKind = 'bold' | 'italic' | 'strike' | 'code' | 'pre' | 'link';

/** From `start` to before `end`, in UTF-16 units of the text. */
export interface Style {
  kind: StyleKind;
  start: number;
  end: number;
  /** Of a link. */
  url?: string;
}

/** What a reader sees, and how it looks. Styles lie inside each other or apart, outer ones first. */
export interface StyledText {
  text: string;
  styles: readonly Style[];
}

/** Words of a person, which have no marks. */
export const literal = (text: string): StyledText => ({ text, styles: [] });

/** A style at the edge ends there and begins again in the next part. */
export function sliceStyled({ text, styles }: StyledText, from: number, to: number): StyledText {
  const within = styles.map((style) => ({
    ...style,
    start: Math.max(style.start, from) - from,
    end: Math.min(style.end, to) - from,
  }));
  return { text: text.slice(from, to), styles: within.filter(({ start, end }) => start < end) };
}

/** For channels whose texts have no links: the address stands behind its label. */
export function withAddresses({ text, styles }: StyledText): StyledText {
  const links = styles.filter(({ kind }) => kind === 'link').sort((a, b) => a.end - b.end);
  if (links.length === 0) return { text, styles };
  const pieces: string[] = [];
  const inserts: { at: number; chars: number }[] = [];
  let from = 0;
  for (const { end, url } of links) {
    const address = ` (${url})`;
    pieces.push(text.slice(from, end), address);
    inserts.push({ at: end, chars: address.length });
    from = end;
  }
  pieces.push(text.slice(from));
  const others = styles.filter(({ kind }) => kind !== 'link');
  return { text: pieces.join(''), styles: moved(others, inserts) };
}

/** A style that ends at an address ends before it. */
function moved(styles: readonly Style[], inserts: readonly { at: number; chars: number }[]): Style[] {
  const before = (place: number, isEnd: boolean): number =>
    inserts.reduce((sum, { at, chars }) => sum + (at < place || (at === place && !isEnd) ? chars : 0), 0);
  return styles.map((style) => ({
    ...style,
    start: style.start + before(style.start, false),
    end: style.end + before(style.end, true),
  }));
}
