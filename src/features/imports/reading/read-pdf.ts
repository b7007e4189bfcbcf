import { extractTextItems, getDocumentProxy } from 'unpdf';
import { type Part, UnreadableError } from './parts.ts';
import { layOut } from './pdf-lines.ts';

const MOST_PAGES = 300;
/** With fewer letters a page is a picture. */
const LEAST_CHARS = 20;

/** The text of each page in the order it is read. @throws when the pages are pictures. */
export async function readPdf(content: Buffer): Promise<Part[]> {
  const document = await getDocumentProxy(new Uint8Array(content), { verbosity: 0 }).catch((error: Error) => {
    throw new UnreadableError(error.name === 'PasswordException' ? 'encrypted' : 'corrupt');
  });
  if (document.numPages > MOST_PAGES) throw new UnreadableError('too_many_pages');
  const { items } = await extractTextItems(document).catch(() => {
    throw new UnreadableError('corrupt');
  });
  const pages = withoutRepeated(items.map((page) => layOut(page)));
  const chars = pages.join('').replace(/\s/gu, '').length;
  if (chars < LEAST_CHARS * Math.min(pages.length, 3)) throw new UnreadableError('is_picture');
  return joined(pages);
}

const LEAST_PAGES_TO_REPEAT = 3;

/** The same first or last line on most pages is a running head. */
function withoutRepeated(pages: string[]): string[] {
  if (pages.length < LEAST_PAGES_TO_REPEAT) return pages;
  const times = new Map<string, number>();
  const edgesOf = (page: string): string[] => {
    const lines = page.split('\n').filter((line) => line.trim() !== '');
    return [...new Set([lines[0] ?? '', lines.at(-1) ?? ''].map((line) => line.replace(/\d+/gu, '#')))];
  };
  for (const page of pages) for (const edge of edgesOf(page)) times.set(edge, (times.get(edge) ?? 0) + 1);
  const repeated = (line: string): boolean => (times.get(line.replace(/\d+/gu, '#')) ?? 0) > pages.length * 0.6;
  return pages.map((page) => {
    const lines = page.split('\n');
    return lines.filter((line, at) => (at > 0 && at < lines.length - 1) || !repeated(line)).join('\n');
  });
}

/** A page that begins in the middle of a sentence or a list continues the one before. */
function joined(pages: string[]): Part[] {
  const parts: { text: string; place: { page: number } }[] = [];
  pages.forEach((text, at) => {
    const last = parts.at(-1);
    const begins = text.trimStart();
    if (last && /^\p{Ll}/u.test(begins)) last.text += `\n${begins}`;
    else if (begins !== '') parts.push({ text, place: { page: at + 1 } });
  });
  return parts;
}
