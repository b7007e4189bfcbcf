// What each line of a text is: a heading, a question, a row of a list, or words.

export type LineKind = 'blank' | 'heading' | 'question' | 'row' | 'words';
export interface Line {
  kind: LineKind;
  text: string;
}

const MAX_HEADING_CHARS = 60;
const MAX_HEADING_WORDS = 8;
const MAX_QUESTION_CHARS = 200;
const LEADERS = /\s*(?:(?:\.\s?){3,}|(?:…\s?){1,}(?=\s*\d)|_{3,}|(?:·\s?){3,})\s*/gu;
const CURRENCY = "so['ʻʼ‘’`´]?m(?:dan)?|soum|sum|сум|сўм|сом|uzs|usd|\\$|€|у\\.? ?е\\.?|руб\\.?|₽|ming|минг|тыс\\.?|k|к|mln|млн";
// "Osh — 25 000", "Lavash 28.000 so'm", "Manikyur: 80-120 ming"
const ROW = new RegExp(
  `^.*\\p{L}.*?[\\s:=–—\\-|](?:\\d[\\d .,']*(?:[-–—/]\\s?\\d[\\d .,']*)?(?:\\s?(?:${CURRENCY}))+|\\d{1,3}(?:[ .,']\\d{3})+|\\d{3,})\\s*\\.?$`,
  'iu',
);
const BULLET = /^\s*(?:[-*•●▪◦‣–—✅✔☑➡👉🔹🔸]|\d{1,2}[.)])\s+/u;
const LABELLED_QUESTION = /^(?:savol|вопрос|question|q|в|s)\s*\d*\s*[:.)]\s*(?=\S)/iu;
const LABELLED_ANSWER = /^(?:javob|жавоб|ответ|answer|a|о|j)\s*\d*\s*[:.)]\s*/iu;
const PAGE_NUMBER =
  /^(?:-\s*)?(?:\d{1,3}|(?:bet|page|стр\.?|страница|sahifa)\s*\d{1,3})(?:\s*(?:\/|из|of)\s*\d{1,3})?(?:\s*-)?$/iu;

export const withoutAnswerMark = (text: string): string => text.replace(LABELLED_ANSWER, '');
const isRow = (text: string): boolean => text.length <= 160 && ROW.test(text);

export function readLines(text: string): Line[] {
  const lines = text.split('\n').map((line) =>
    line
      .replace(LEADERS, ' — ')
      .replace(/[^\S\n]+/gu, ' ')
      .trim(),
  );
  return lines.map((line, at) => readLine(line, lines[at - 1] ?? '', followers(lines, at)));
}

/** The next line, and the next that has words. */
function followers(lines: readonly string[], at: number): { next: string; nextWords: string } {
  let found = at + 1;
  while (found < lines.length && lines[found] === '') found++;
  return { next: lines[at + 1] ?? '', nextWords: lines[found] ?? '' };
}

type Followers = ReturnType<typeof followers>;

function readLine(line: string, before: string, after: Followers): Line {
  if (line === '' || /^[-=_*~•.—\s]+$/u.test(line)) return { kind: 'blank', text: '' };
  if (PAGE_NUMBER.test(line) && (before === '' || after.next === '')) return { kind: 'blank', text: '' };
  const marked = /^#{1,6}\s+(.+?)\s*#*$/u.exec(line)?.[1] ?? /^\*\*([^*]{2,80})\*\*:?$/u.exec(line)?.[1];
  const asked = questionIn(marked ?? line);
  if (asked !== null) return { kind: 'question', text: asked };
  if (marked !== undefined) return { kind: 'heading', text: trimHeading(marked) };
  if (isRow(line)) return { kind: 'row', text: line.replace(BULLET, '') };
  if (isHeading(line, before, after)) return { kind: 'heading', text: trimHeading(line) };
  return { kind: BULLET.test(line) ? 'row' : 'words', text: line.replace(/^\s*[•●▪◦‣]\s*/u, '– ') };
}

function questionIn(line: string): string | null {
  if (line.length > MAX_QUESTION_CHARS) return null;
  const bare = line.replace(LABELLED_QUESTION, '').replace(BULLET, '').trim();
  if (LABELLED_QUESTION.test(line) && /\p{L}{2}/u.test(bare)) return bare;
  return /\p{L}.*\?$/u.test(bare) && bare.split(/[.!]\s/u).length <= 2 ? bare : null;
}

function isHeading(line: string, before: string, { next, nextWords }: Followers): boolean {
  if (nextWords === '' || line.length > MAX_HEADING_CHARS || !/\p{L}{2}/u.test(line)) return false;
  if (line.endsWith(':')) return !/[.!?]\s/u.test(line);
  const bare = line.replace(/^\d{1,2}(?:\.\d{1,2})*[.)]\s+/u, '');
  if (bare.split(' ').length > MAX_HEADING_WORDS || /[.!?,;…]$/u.test(bare) || /^[-*•●▪◦‣–—]\s/u.test(bare)) return false;
  if (/:\s/u.test(bare) || /\d{3}|@|https?:/u.test(bare)) return false;
  const letters = bare.replace(/[^\p{L}]/gu, '');
  if (letters.length >= 3 && letters === letters.toUpperCase() && letters !== letters.toLowerCase()) return true;
  const opens = before === '' || isRow(before);
  if (next !== '') return opens && (isRow(next) || (before === '' && isText(next)));
  // Alone between blank lines: a heading when words follow, not another such line.
  return before === '' && (isRow(nextWords) || isText(nextWords));
}

const isText = (line: string): boolean => line.length > MAX_HEADING_CHARS || /[.!,;:]/u.test(line) || BULLET.test(line);

const trimHeading = (text: string): string =>
  text
    .replace(/^\d{1,2}(?:\.\d{1,2})*[.)]\s+/u, '')
    .replace(/[*_#]+/gu, '')
    .replace(/[:.\s]+$/u, '')
    .trim();
