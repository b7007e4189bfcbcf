import { type Draft, fitting } from './draft.ts';
import { draftText } from './draft-text.ts';

export type Row = readonly string[];
export interface Table {
  name: string;
  rows: Row[];
}

const QUESTION = /savol|савол|вопрос|question|sarlavha|mavzu|тема|title|заголовок|topic/iu;
const ANSWER = /javob|жавоб|ответ|answer|matn|текст|content|mazmun|содержание/iu;
const SECTION = /kategori|категор|categor|boʻlim|bo.?lim|бўлим|раздел|section|turi|группа|guruh|group|вид/iu;
// "Ранг", "narx, so'm", "Price (UZS)"
const HEADER_WORD =
  /nom|номи|назван|наимен|name|narx|нарх|цена|стоимост|price|cost|miqdor|вес|ogʻirlik|hajm|объ[её]м|size|razmer|размер|soni|кол-?во|vaqt|время|muddat|срок|izoh|описан|descr|artikul|артикул|sku|№|birlik|ед/iu;
const GENERIC_NAME = /^(?:sheet|лист|varaq|list|table|jadval|таблица)\s*\d*$/iu;
const LONG_ANSWER_CHARS = 60;
/** More values than this are no sections. */
const MAX_SECTIONS = 40;
const ROWS_PER_ENTRY = 80;

interface Numbered {
  cells: Row;
  at: number;
}

/** A price list becomes entries by section with its rows as lines; questions and answers become an entry a row. */
export function draftTable({ name, rows }: Table, fallback: string): Draft[] {
  const used = rows
    .map((cells, at) => ({ cells: cells.map((cell) => cell.replace(/\s+/gu, ' ').trim()), at: at + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const title = GENERIC_NAME.test(name) || name === '' ? fallback : name;
  const place = GENERIC_NAME.test(name) || name === '' ? {} : { sheet: name };
  const headAt = used.slice(0, 8).findIndex(({ cells }) => isHeader(cells));
  const header = headAt < 0 ? null : (used[headAt] as Numbered).cells;
  const body = headAt < 0 ? used : used.slice(headAt + 1);
  const intro = headAt <= 0 ? [] : used.slice(0, headAt);
  const above = introText(intro);
  const drafts = pairsOf(header, body) ?? sectionsOf(header, body, title);
  const inPlace = drafts.map((draft) => ({ ...draft, place: { ...place, ...draft.place } }));
  return [...(above.length > 40 ? draftText(above, title, place) : []), ...inPlace.flatMap(fitting)];
}

const introText = (rows: Numbered[]): string => rows.map(({ cells }) => cells.filter(Boolean).join(' ')).join('\n');

function isHeader(cells: Row): boolean {
  const filled = cells.filter((cell) => cell !== '');
  if (filled.length < 2 || filled.some((cell) => cell.length > 40 || /\d{3}/u.test(cell))) return false;
  return filled.filter((cell) => [HEADER_WORD, QUESTION, ANSWER, SECTION].some((word) => word.test(cell))).length >= 1;
}

/** Null when the table is no list of questions and answers. */
function pairsOf(header: Row | null, body: Numbered[]): Draft[] | null {
  const [asked, answered] = pairColumns(header, body) ?? [];
  if (asked === undefined || answered === undefined) return null;
  return body.flatMap(({ cells, at }) => {
    const [title, content] = [cells[asked] ?? '', cells[answered] ?? ''];
    const rest = cells.flatMap((cell, column) =>
      cell === '' || column === asked || column === answered ? [] : [header?.[column] ? `${header[column]}: ${cell}` : cell],
    );
    if (content === '' && rest.length === 0) return [];
    return [
      { title: title || content.slice(0, 70), content: [content, ...rest].filter(Boolean).join('\n'), place: { rows: [at, at] } },
    ];
  });
}

function pairColumns(header: Row | null, body: Numbered[]): [number, number] | null {
  const find = (pattern: RegExp): number => header?.findIndex((cell) => pattern.test(cell)) ?? -1;
  const [asked, answered] = [find(QUESTION), find(ANSWER)];
  if (asked >= 0 && answered >= 0 && asked !== answered) return [asked, answered];
  const columns = usedColumns(body);
  if (columns.length !== 2 || body.length === 0) return null;
  const [first, second] = columns as [number, number];
  const asking = body.filter(({ cells }) => cells[first]?.endsWith('?')).length / body.length;
  const lengths = body.map(({ cells }) => (cells[second] ?? '').length).toSorted((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  return asking > 0.6 || median > LONG_ANSWER_CHARS ? [first, second] : null;
}

const usedColumns = (body: Numbered[]): number[] => {
  const width = Math.max(0, ...body.map(({ cells }) => cells.length));
  return Array.from({ length: width }, (_, column) => column).filter((column) => body.some(({ cells }) => cells[column]));
};

function sectionsOf(header: Row | null, body: Numbered[], title: string): Draft[] {
  const by = sectionColumn(header, body);
  const sections: { name: string; rows: Numbered[] }[] = [];
  let current = '';
  for (const row of body) {
    const alone = row.cells.filter((cell) => cell !== '');
    const only = alone.length === 1 && by < 0 ? (alone[0] as string) : null;
    if (only !== null && isSectionName(only, usedColumns(body).length)) {
      current = only.replace(/[:.\s]+$/u, '');
      sections.push({ name: current, rows: [] });
      continue;
    }
    // A merged cell of a section's column is filled in its first row only.
    if (by >= 0) current = row.cells[by] || current;
    const found = by >= 0 ? sections.find(({ name }) => name === current) : sections.at(-1);
    if (found) found.rows.push(row);
    else sections.push({ name: current, rows: [row] });
  }
  return sections.filter(({ rows }) => rows.length > 0).flatMap((section) => draftSection(section, header, by, title));
}

const isSectionName = (cell: string, columns: number): boolean =>
  columns > 1 && cell.length <= 80 && /\p{L}{2}/u.test(cell) && !/[.!?]$/u.test(cell);

/** The column that groups the rows: by its heading, or a first column with few values that come in runs. */
function sectionColumn(header: Row | null, body: Numbered[]): number {
  const columns = usedColumns(body);
  if (columns.length < 3) return -1;
  const named = header?.findIndex((cell) => SECTION.test(cell)) ?? -1;
  const valuesOf = (column: number): string[] => body.map(({ cells }) => cells[column] ?? '').filter(Boolean);
  const groups = (column: number): boolean => {
    const values = valuesOf(column);
    const different = new Set(values).size;
    const words = values.every((value) => /\p{L}{2}/u.test(value) && value.length <= 60);
    const sparse = values.length <= body.length / 2 || different <= values.length / 2;
    return words && different >= 1 && different <= MAX_SECTIONS && sparse && (body[0]?.cells[column] ?? '') !== '';
  };
  if (named >= 0 && new Set(valuesOf(named)).size <= MAX_SECTIONS) return named;
  return groups(columns[0] as number) ? (columns[0] as number) : -1;
}

function draftSection(section: { name: string; rows: Numbered[] }, header: Row | null, by: number, title: string): Draft[] {
  const chunks: Numbered[][] = [];
  for (let at = 0; at < section.rows.length; at += ROWS_PER_ENTRY) chunks.push(section.rows.slice(at, at + ROWS_PER_ENTRY));
  return chunks.map((rows, part) => ({
    title: `${section.name || title}${chunks.length > 1 ? ` (${part + 1})` : ''}`,
    content: rows
      .map(({ cells }) => lineOf(cells, header, by))
      .filter(Boolean)
      .join('\n'),
    place: { rows: [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0] },
  }));
}

const MONEY = /^(?:narx|нарх|цена|стоимост|price|cost|summa|сумма|som|soʻm)/iu;
const ORDER = /^(?:№|n|no|t\/?r|#|п\/?п|№ ?п\/?п)\.?$/iu;

/** "Osh (250 g) — 25 000 soʻm" for a name and a price; more columns keep their names. */
function lineOf(cells: Row, header: Row | null, by: number): string {
  const kept = cells.flatMap((cell, column) => {
    const name = (header?.[column] ?? '').trim();
    const isOrder = ORDER.test(name) || (column === 0 && name === '' && /^\d{1,3}[.)]?$/u.test(cell) && cells.length > 2);
    return cell === '' || column === by || isOrder ? [] : [{ cell, name }];
  });
  const [first, ...rest] = kept;
  if (!first) return '';
  if (rest.length === 0) return first.cell;
  const named = rest.map(({ cell, name }) =>
    rest.length === 1 || name === '' || (MONEY.test(name) && rest.length <= 1) ? cell : `${name}: ${cell}`,
  );
  return `${first.cell} — ${named.join(', ')}`;
}
