import type { Style, StyledText, StyleKind } from './styled-text.ts';

// Source: faq.whatsapp.com/539178204879377 (bold, italic, strikethrough, monospace, inline code; 2026-11).
const MARKS: Record<StyleKind, string> = { bold: '*', italic: '_', strike: '~', code: '`', pre: '```', link: '' };
const IS_WORD = /[\p{L}\p{N}]/u;

interface Insert {
  at: number;
  mark: string;
  /** Of marks at one place the closing ones come first, the innermost of them before the others. */
  rank: number;
}

/** WhatsApp's own marks. A style that they cannot show there is left out, so no reader sees the marks. */
export function withMarks({ text, styles }: StyledText): string {
  const inserts = styles.flatMap((style, order) => linesOf(text, style).flatMap((line) => insertsFor(text, line, order)));
  inserts.sort((a, b) => a.at - b.at || a.rank - b.rank);
  const pieces: string[] = [];
  let from = 0;
  for (const { at, mark } of inserts) {
    pieces.push(text.slice(from, at), mark);
    from = at;
  }
  return [...pieces, text.slice(from)].join('');
}

/** A mark reaches no further than its line, except around a block. */
function linesOf(text: string, style: Style): Style[] {
  if (style.kind === 'pre') return [style];
  const lines: Style[] = [];
  for (let start = style.start; start < style.end; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 || newline > style.end ? style.end : newline;
    lines.push({ ...style, start, end });
    start = end + 1;
  }
  return lines;
}

function insertsFor(text: string, { kind, start, end }: Style, order: number): Insert[] {
  const mark = MARKS[kind];
  const inside = text.slice(start, end);
  const from = start + (inside.length - inside.trimStart().length);
  const to = end - (inside.length - inside.trimEnd().length);
  if (mark === '' || from >= to || inside.includes(mark)) return [];
  if (IS_WORD.test(text[from - 1] ?? ' ') || IS_WORD.test(text[to] ?? ' ')) return [];
  return [
    { at: from, mark, rank: order },
    { at: to, mark, rank: -1 - order },
  ];
}
