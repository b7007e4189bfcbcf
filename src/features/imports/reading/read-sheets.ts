import { CFB, read, utils } from '@e965/xlsx';
import { type Part, UnreadableError } from './parts.ts';

const MOST_ROWS = 20_000;
const MOST_COLUMNS = 60;

/** The visible sheets of a workbook, cells as they are shown. */
export function readSheets(content: Buffer): Part[] {
  const book = openBook(content);
  const hidden = new Set((book.Workbook?.Sheets ?? []).filter(({ Hidden }) => Hidden).map(({ name }) => name));
  const names = book.SheetNames.filter((name) => !hidden.has(name));
  return (names.length > 0 ? names : book.SheetNames).flatMap((name) => {
    const sheet = book.Sheets[name];
    if (!sheet) return [];
    const rows = utils.sheet_to_json<unknown[]>(sheet, { header: 1, raw: false, defval: '', blankrows: true });
    const cells = rows.map((row) => row.slice(0, MOST_COLUMNS).map((cell) => String(cell ?? '')));
    return cells.some((row) => row.some((cell) => cell.trim() !== '')) ? [{ table: { name, rows: cells } }] : [];
  });
}

function openBook(content: Buffer) {
  try {
    return read(content, { type: 'buffer', dense: true, sheetRows: MOST_ROWS, cellFormula: false, cellHTML: false });
  } catch (error) {
    throw new UnreadableError(/password|encrypt/iu.test(String(error)) ? 'encrypted' : 'corrupt');
  }
}

/** The old container of Microsoft Office: old workbooks, and new files with a password. */
export function readOldOffice(content: Buffer): Part[] {
  const names = namesIn(content);
  if (names.some((name) => /EncryptedPackage/u.test(name))) throw new UnreadableError('encrypted');
  if (!names.some((name) => /(?:^|\/)(?:Workbook|Book)$/iu.test(name))) throw new UnreadableError('unknown_kind');
  return readSheets(content);
}

function namesIn(content: Buffer): string[] {
  try {
    return CFB.read(content, { type: 'buffer' }).FullPaths;
  } catch {
    throw new UnreadableError('corrupt');
  }
}
