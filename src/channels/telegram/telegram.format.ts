const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as Telegram's HTML mode needs it. Source: https://core.telegram.org/bots/api#html-style (seen 2026-08). */
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] as string);

// One pass, the first that fits at each place: what is inside code is never looked at again. A star or underscore counts
// only at a word's edge, so that 2 * 3 and snake_case stay as they are.
const MARKUP = new RegExp(
  [
    '```(?:\\w*\\n)?(?<block>[\\s\\S]+?)```',
    '^#{1,6}[ \\t]+(?<title>\\S[^\\n]*)',
    '^(?<indent>[ \\t]*)[*+-][ \\t]+(?=\\S)',
    '`(?<code>[^`\\n]+)`',
    '\\[(?<label>[^\\[\\]\\n]+)\\]\\((?<url>https?://[^\\s()]+(?:\\([^\\s()]*\\)[^\\s()]*)*)\\)',
    '\\*\\*(?<bold>(?=\\S)[^\\n]*?\\S)\\*\\*(?!\\*)',
    '(?<![\\w*])\\*(?<star>(?=[^\\s*])[^\\n*]*?[^\\s*])\\*(?![\\w*])',
    '(?<![\\w_])_(?<line>(?=[^\\s_])[^\\n_]*?[^\\s_])_(?![\\w_])',
  ].join('|'),
  'gmu',
);

/**
 * An answer's light markdown (bold, italic, code, links, headings, bullets) as Telegram HTML. Always well-formed: what does
 * not close stays as it was written. Reading it takes as many characters as the source or fewer.
 */
export function toTelegramHtml(markdown: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of markdown.matchAll(MARKUP)) {
    parts.push(escapeHtml(markdown.slice(at, match.index)), tagged(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  return [...parts, escapeHtml(markdown.slice(at))].join('');
}

function tagged({ block, title, indent, code, label, url, bold, star, line }: Record<string, string | undefined>): string {
  if (block !== undefined) return `<pre>${escapeHtml(block)}</pre>`;
  if (title !== undefined) return `<b>${toTelegramHtml(title)}</b>`;
  if (indent !== undefined) return `${indent}• `;
  if (code !== undefined) return `<code>${escapeHtml(code)}</code>`;
  if (label !== undefined) return `<a href="${escapeHtml(url ?? '')}">${escapeHtml(label.replaceAll('**', ''))}</a>`;
  if (bold !== undefined) return `<b>${toTelegramHtml(bold)}</b>`;
  return `<i>${toTelegramHtml(star ?? line ?? '')}</i>`;
}
