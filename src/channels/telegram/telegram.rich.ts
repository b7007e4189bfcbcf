import type { PhotoSize, RichMessage } from 'grammy/types';

// Fields with words, in the order in which they are read.
// Source: https://core.telegram.org/bots/api#richmessage (seen 2026-11).
const INLINE = ['summary', 'label', 'text', 'expression', 'alternative_text', 'button', 'buttons'];
const LINES = ['cells', 'items', 'blocks'];
const LAST = ['caption', 'credit'];
// Bounds the work for a hostile message.
const MAX_DEPTH = 24;

/** The words of a rich message, each block, item and row on a line of its own. */
export const textOfRich = ({ blocks }: RichMessage): string => wordsIn(blocks, '\n', 0);

function wordsIn(part: unknown, between: string, depth: number): string {
  if (typeof part === 'string') return part;
  if (depth > MAX_DEPTH || typeof part !== 'object' || part === null) return '';
  if (Array.isArray(part)) return filled(part.map((one) => wordsIn(one, between, depth + 1))).join(between);
  const fields = part as Record<string, unknown>;
  const said = (names: string[], inside: string): string[] => names.map((name) => wordsIn(fields[name], inside, depth + 1));
  const rows = LINES.map((name) => (name === 'cells' ? rowsIn(fields[name], depth) : wordsIn(fields[name], '\n', depth + 1)));
  const lead = filled([...said(INLINE, ''), ...(isItem(fields) ? rows : [])]).join(' ');
  return filled([lead, ...(isItem(fields) ? [] : rows), ...said(LAST, '')]).join('\n');
}

/** The first photo among its blocks. */
export const photoOfRich = ({ blocks }: RichMessage): PhotoSize[] | undefined => photoIn(blocks, 0);

function photoIn(blocks: unknown, depth: number): PhotoSize[] | undefined {
  if (!Array.isArray(blocks) || depth > MAX_DEPTH) return undefined;
  for (const block of blocks as ({ photo?: PhotoSize[]; blocks?: unknown } | null)[]) {
    const found = Array.isArray(block?.photo) ? block.photo : photoIn(block?.blocks, depth + 1);
    if (found?.length) return found;
  }
  return undefined;
}

const rowsIn = (cells: unknown, depth: number): string =>
  Array.isArray(cells) ? filled(cells.map((row) => wordsIn(row, ' · ', depth + 1))).join('\n') : '';

/** Its label stands before its words. */
const isItem = (fields: Record<string, unknown>): boolean => 'label' in fields;

const filled = (words: string[]): string[] => words.filter((word) => word !== '');
