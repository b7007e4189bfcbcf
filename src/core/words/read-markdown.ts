import { readInline } from './read-inline.ts';
import type { StyledText } from './styled-text.ts';
import { createStyledWriter, type StyledWriter } from './styled-writer.ts';

const FENCE = /^ {0,3}(```+|~~~+)[ \t]*[\w+#.-]*[ \t]*$/;
// "# 1" is a place in a list of winners.
const HEADING = /^ {0,3}#{1,6}[ \t]+(?=\S)(?!#?\d)/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3}|=+)$/;
const TASK = /^([ \t]*)[-*+][ \t]+\[([ xX])\][ \t]+/;
const BULLET = /^([ \t]*)(?:\*[ \t]+(?=\S)|\+[ \t]+(?=[\p{L}*_]))/u;
const QUOTE = /^ {0,3}(?:>[ \t]?)+(?=[^\s\d=])/;
const FOOTNOTE = /[\p{L}\p{N})]\*(?=[\s,.;:)]|$)/u;
const STARRED = /^[ \t]*\*[ \t]+\S/gm;

/**
 * What a reader sees of an answer of the AI, in one pass over its text. Unclosed marks, masked numbers, user names and unknown
 * tags stay as they are. Empty marks around nothing leave the source as it is.
 */
export function readMarkdown(source: string): StyledText {
  const writer = createStyledWriter();
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const hasFootnote = FOOTNOTE.test(source) && source.match(STARRED)?.length === 1;
  const unclosed = new Set<string>();
  for (let at = 0; at < lines.length; at += 1) {
    if (at > 0) endLine(writer);
    const line = lines[at] as string;
    const fence = FENCE.exec(line)?.[1];
    if (!fence) readLine(line, { writer, hasFootnote });
    else if (!unclosed.has(fence)) at = readFence(lines, at, { fence, unclosed, writer });
  }
  writer.leaveAll();
  const read = writer.finish();
  return /\S/.test(read.text) ? read : { text: source, styles: [] };
}

function endLine(writer: StyledWriter): void {
  writer.endLine();
  writer.newline();
}

/** Returns the line it ends on. A fence that is never closed marks nothing. */
function readFence(
  lines: readonly string[],
  start: number,
  { fence, unclosed, writer }: { fence: string; unclosed: Set<string>; writer: StyledWriter },
): number {
  writer.leaveAll();
  let end = start + 1;
  while (end < lines.length && lines[end]?.trim() !== fence) end += 1;
  if (end === lines.length) {
    unclosed.add(fence);
    return start;
  }
  writer.styled('pre', lines.slice(start + 1, end).join('\n'));
  return end;
}

function readLine(line: string, { writer, hasFootnote }: { writer: StyledWriter; hasFootnote: boolean }): void {
  const heading = HEADING.exec(line)?.[0];
  if (heading !== undefined) {
    writer.leaveAll();
    writer.open('#', '');
    readInline(line.slice(heading.length).replace(/[ \t]+#+[ \t]*$/, ''), writer);
    writer.close('#');
    return;
  }
  if (RULE.test(line)) return;
  readInline(withoutItemMark(line.replace(QUOTE, ''), hasFootnote, writer), writer);
}

function withoutItemMark(line: string, hasFootnote: boolean, writer: StyledWriter): string {
  const task = TASK.exec(line);
  if (task) writer.write(`${task[1]}${task[2] === ' ' ? '•' : '✓'} `);
  if (task) return line.slice(task[0].length);
  const bullet = hasFootnote ? null : BULLET.exec(line);
  if (bullet) writer.write(`${bullet[1]}• `);
  return bullet ? line.slice(bullet[0].length) : line;
}
