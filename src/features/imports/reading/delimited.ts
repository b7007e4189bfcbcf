import { parse } from 'csv-parse/sync';
import type { Row } from '#core/importing/draft-table.ts';

const DELIMITERS = [';', '\t', ',', '|'] as const;
const LEAST_LINES = 3;
const SAMPLE_LINES = 50;
const LEAST_SHARE = 0.9;
const MAX_ROWS = 20_000;

/** The rows of a text whose lines have the same number of separators; null for other texts. `surely`: the file's name says so. */
export function readDelimited(text: string, { surely = false } = {}): Row[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const delimiter = DELIMITERS.map((sign) => ({ sign, share: shareOf(lines.slice(0, SAMPLE_LINES), sign) }))
    .filter(({ share }) => share >= (surely ? 0.5 : LEAST_SHARE))
    .toSorted((a, b) => b.share - a.share)[0]?.sign;
  if (delimiter === undefined || (lines.length < LEAST_LINES && !surely)) return surely ? lines.map((line) => [line]) : null;
  // A comma also stands in sentences.
  if (delimiter === ',' && !surely && lines.filter((line) => /[.!?]\s*$|,\s\p{Ll}/u.test(line)).length > lines.length / 4)
    return null;
  return parse(text, {
    delimiter,
    bom: true,
    relaxQuotes: true,
    relaxColumnCount: true,
    skipEmptyLines: true,
    trim: true,
    toLine: MAX_ROWS,
  });
}

/** The share of lines that have as many of the sign as most lines have, at least one. */
function shareOf(lines: readonly string[], sign: string): number {
  const counts = lines.map((line) => line.replace(/"[^"]*"/gu, '').split(sign).length - 1);
  const times = new Map<number, number>();
  for (const count of counts) if (count > 0) times.set(count, (times.get(count) ?? 0) + 1);
  return Math.max(0, ...times.values()) / Math.max(1, lines.length);
}
