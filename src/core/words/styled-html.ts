import type { Style, StyledText, StyleKind } from './styled-text.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const TAGS: Record<Exclude<StyleKind, 'link'>, string> = { bold: 'b', italic: 'i', strike: 's', code: 'code', pre: 'pre' };

/** Source: https://core.telegram.org/bots/api#html-style (seen 2026-11). */
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] as string);

/** As Telegram reads it, and as our pages show it. Always well-formed. */
export function styledHtml({ text, styles }: StyledText): string {
  const pieces: string[] = [];
  const open: Style[] = [];
  let at = 0;
  const upTo = (end: number): void => {
    pieces.push(escapeHtml(text.slice(at, end)));
    at = Math.max(at, end);
  };
  const closeBefore = (place: number): void => {
    for (let last = open.at(-1); last && last.end <= place; last = open.at(-1)) {
      upTo(last.end);
      pieces.push(last.kind === 'link' ? '</a>' : `</${TAGS[last.kind]}>`);
      open.pop();
    }
  };
  for (const style of styles) {
    closeBefore(style.start);
    upTo(style.start);
    pieces.push(style.kind === 'link' ? `<a href="${escapeHtml(style.url ?? '')}">` : `<${TAGS[style.kind]}>`);
    open.push(style);
  }
  closeBefore(text.length);
  upTo(text.length);
  return pieces.join('');
}
