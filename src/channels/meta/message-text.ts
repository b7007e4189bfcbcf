import type { MessageKind } from '#core/message.ts';
import { commandOf } from '#core/turn.ts';

/** What a customer typed: one of the bot's commands, which Meta does not mark as such, or plain text. */
export function typedText(text: string): { kind: MessageKind; text: string; command?: string } {
  const found = commandOf({ kind: 'command', text });
  return found ? { kind: 'command', text: text.trim(), command: found.command } : { kind: 'text', text };
}

// One pass, the first that fits at each place: what is inside code is never looked at again.
const MARKUP = new RegExp(
  [
    '```(?:\\w*\\n)?(?<block>[\\s\\S]+?)```',
    '^#{1,6}[ \\t]+(?<title>\\S[^\\n]*)',
    '^(?<indent>[ \\t]*)[*+][ \\t]+(?=\\S)',
    '`(?<code>[^`\\n]+)`',
    '\\[(?<label>[^\\[\\]\\n]+)\\]\\((?<url>https?://[^\\s()]+)\\)',
    '\\*\\*(?<bold>(?=\\S)[^\\n*]*?\\S)\\*\\*(?!\\*)',
  ].join('|'),
  'gmu',
);

/**
 * An answer's light markdown as the channel shows it: WhatsApp has `*bold*`, Instagram no marks at all. Never longer than
 * the source, in characters and in bytes.
 */
export function fromMarkdown(markdown: string, marks: { bold: string; code: string }): string {
  return markdown.replace(MARKUP, (...args) => {
    const { block, title, indent, code, label, url, bold } = args.at(-1) as Record<string, string | undefined>;
    if (block !== undefined) return block.trim();
    if (title !== undefined) return `${marks.bold}${title.replaceAll('**', '').trim()}${marks.bold}`;
    if (indent !== undefined) return `${indent}- `;
    if (code !== undefined) return `${marks.code}${code}${marks.code}`;
    if (label !== undefined) return label === url ? label : `${label} (${url})`;
    return `${marks.bold}${bold}${marks.bold}`;
  });
}
