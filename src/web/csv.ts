import { once } from 'node:events';
import type { Response } from 'express';
import { type CsvLine, csvLine } from '#core/csv.ts';

/** Spreadsheets recognise UTF-8 by this mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Any length needs the memory of one block. Ends early when the client leaves. */
export async function sendCsv(
  res: Response,
  { name, head, blocks }: { name: string; head: string[]; blocks: AsyncIterable<CsvLine[]> | Iterable<CsvLine[]> },
): Promise<void> {
  res.attachment(`${name}.csv`).type('text/csv');
  res.write(BYTE_ORDER_MARK + csvLine(head));
  for await (const lines of blocks) {
    if (res.destroyed) return;
    if (!res.write(lines.map(csvLine).join(''))) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
}
