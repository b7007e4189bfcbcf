import { type Draft, fitting, type Place, titleFrom } from './draft.ts';
import { type Line, readLines, withoutAnswerMark } from './read-lines.ts';

interface Section {
  title: string | null;
  lines: Line[];
}

const LEAST_QUESTIONS = 2;
/** Shorter paragraphs without a label of their own join their neighbour. */
const SHORT_CHARS = 60;
// A line this full was broken by the page, not by the writer.
const FULL_SHARE = 0.7;
const LEAST_WIDTH = 45;

/** Splits a text by its headings and questions, else its blank lines. `fallback`: the title of what has none. */
export function draftText(text: string, fallback: string, place: Place = {}): Draft[] {
  const lines = joinBroken(readLines(text));
  const sections = sectionsOf(lines);
  const titled = sections.some(({ title }) => title !== null);
  return sections
    .flatMap((section) =>
      section.title === null ? draftParagraphs(section.lines, titled ? '' : fallback) : [draftSection(section)],
    )
    .filter(({ content }) => /[\p{L}\p{N}]/u.test(content))
    .map(({ title, content }) => ({ title: title || fallback, content, place }))
    .flatMap(fitting);
}

function sectionsOf(lines: Line[]): Section[] {
  const asks = lines.filter((line, at) => line.kind === 'question' && nextWords(lines, at)?.kind !== 'question').length;
  const sections: Section[] = [{ title: null, lines: [] }];
  for (const line of lines) {
    const opens = line.kind === 'heading' || (line.kind === 'question' && (asks >= LEAST_QUESTIONS || opensText(sections)));
    const last = sections.at(-1) as Section;
    // Two wordings of one question, or a heading of headings.
    if (opens && last.title !== null && isEmpty(last)) {
      if (line.kind === 'question' && last.title.endsWith('?')) last.lines.unshift({ kind: 'words', text: last.title });
      last.title = line.text;
    } else if (opens) sections.push({ title: line.text, lines: [] });
    else last.lines.push(line);
  }
  return sections.filter((section, at) => !isEmpty(section) && !(at === 0 && isNameOf(section, sections)));
}

/** The name of the whole text above its first section. */
function isNameOf({ title, lines }: Section, sections: Section[]): boolean {
  const words = lines.filter(({ kind }) => kind !== 'blank');
  const [only] = words;
  return (
    title === null &&
    sections.length > 1 &&
    words.length === 1 &&
    only?.kind === 'words' &&
    !/\d|[.!]$/u.test(only.text) &&
    only.text.length <= SHORT_CHARS
  );
}

const isEmpty = ({ lines }: Section): boolean => lines.every(({ kind, text }) => kind === 'blank' || text.endsWith('?'));
const opensText = (sections: Section[]): boolean => sections.length === 1 && isEmpty(sections[0] as Section);
const nextWords = (lines: Line[], at: number): Line | undefined =>
  lines.slice(at + 1, at + 4).find(({ kind }) => kind !== 'blank');

const draftSection = ({ title, lines }: Section): { title: string; content: string } => ({
  title: title ?? '',
  content: withoutAnswerMark(contentOf(lines)),
});

/** Nothing names the parts, so each paragraph is one; rows stay together. */
function draftParagraphs(lines: Line[], fallback: string): { title: string; content: string }[] {
  const paragraphs: Line[][] = [];
  let open = false;
  for (const line of lines) {
    const last = paragraphs.at(-1);
    if (line.kind === 'blank') open = false;
    else if (last && (open || belongs(last, line))) last.push(line);
    else paragraphs.push([line]);
    if (line.kind !== 'blank') open = true;
  }
  return paragraphs.map((paragraph) => {
    const content = contentOf(paragraph);
    return { title: paragraph.filter(({ kind }) => kind === 'row').length > 1 ? fallback : titleFrom(content), content };
  });
}

function belongs(paragraph: Line[], line: Line): boolean {
  const last = paragraph.at(-1) as Line;
  if (last.kind === 'row' || line.kind === 'row') return last.kind === line.kind;
  return line.text.length < SHORT_CHARS && !/^[^:]{2,40}:\s/u.test(line.text) && !/[?]$/u.test(line.text);
}

const contentOf = (lines: Line[]): string =>
  lines
    .filter((line, at) => line.kind !== 'blank' || !(lines[at - 1]?.kind === 'row' && lines[at + 1]?.kind === 'row'))
    .map(({ text }) => text)
    .join('\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();

/** Lines that a page's width broke become one again. Rows stay rows. */
function joinBroken(lines: Line[]): Line[] {
  const width = Math.max(0, ...lines.filter(({ kind }) => kind === 'words').map(({ text }) => text.length));
  const joined: Line[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last && line.kind === 'words' && last.kind === 'words' && isBroken(last.text, line.text, width)) {
      last.text =
        /\p{L}[-‐]$/u.test(last.text) && /^\p{Ll}/u.test(line.text)
          ? `${last.text.slice(0, -1)}${line.text}`
          : `${last.text} ${line.text}`;
    } else if (last?.kind === 'words' && line.kind === 'row' && /^(?:—|\d)/u.test(line.text) && last.text.length < width) {
      joined[joined.length - 1] = { kind: 'row', text: `${last.text} ${line.text}` };
    } else joined.push({ ...line });
  }
  return joined;
}

function isBroken(line: string, next: string, width: number): boolean {
  if (width < LEAST_WIDTH || /[.!?:;…]$/u.test(line)) return false;
  const lastLength = line.length % width || width;
  return /^[\p{Ll}(«“"]/u.test(next) || (line.length >= width ? true : lastLength >= width * FULL_SHARE);
}
