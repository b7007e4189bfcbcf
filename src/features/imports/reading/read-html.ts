import { Readability } from '@mozilla/readability';
import { convert, type HtmlToTextOptions } from 'html-to-text';
import { parseHTML } from 'linkedom';
import type { Row } from '#core/importing/draft-table.ts';
import type { Part } from './parts.ts';

const NOISE = 'script,style,noscript,template,svg,iframe,form,button,input,select,textarea,dialog,[hidden],[aria-hidden="true"]';
const AROUND = 'nav,header,footer,aside,[role="navigation"],[role="banner"],[role="contentinfo"]';
/** A shorter main text is most likely not the page's. */
const LEAST_MAIN_CHARS = 250;
const MARK = '\uE000';
const MOST_CELLS = 200;

const heading = { format: 'marked' };
const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  formatters: {
    marked(element, walk, builder) {
      builder.openBlock({ leadingLineBreaks: 2 });
      builder.addInline('# ');
      walk(element.children, builder);
      builder.closeBlock({ trailingLineBreaks: 1 });
    },
  },
  selectors: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...heading })),
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    { selector: 'table', format: 'block' },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ],
  limits: { maxInputLength: 20_000_000, maxDepth: 300 },
};

/** What is used of the DOM. Node's types have none. */
interface Dom {
  tagName?: string;
  textContent: string | null;
  innerHTML: string;
  outerHTML: string;
  childNodes: Iterable<Dom>;
  querySelector(selector: string): Dom | null;
  querySelectorAll(selector: string): Iterable<Dom>;
  getAttribute(name: string): string | null;
  remove(): void;
}
type DomDocument = Dom & { body: Dom; documentElement: Dom };

const parse = (html: string): DomDocument => parseHTML(html).document as unknown as DomDocument;

interface Page {
  title: string;
  parts: Part[];
}

/** A page on the web: its main text, or the posts of a Telegram channel, and where it leads. */
export function readPage(html: string, address: string): Page & { links: string[] } {
  const document = parse(html);
  const links = [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href') ?? '').filter(Boolean);
  const absolute = links.flatMap((link) => (URL.canParse(link, address) ? [new URL(link, address).href] : []));
  const posts = [...document.querySelectorAll('.tgme_widget_message_text')].map((post) => ({
    post: convert(post.innerHTML, OPTIONS),
  }));
  return posts.length > 0 ? { title: '', parts: posts, links: absolute } : { ...readHtml(html, { main: true }), links: absolute };
}

/** Headings, words and tables. `main`: of a page on the web, without what stands around its text. */
export function readHtml(html: string, { main = false } = {}): Page {
  const document = parse(/<body|<html/iu.test(html) ? html : `<html><body>${html}</body></html>`);
  const title = (document.querySelector('title')?.textContent ?? '').replace(/\s+/gu, ' ').trim();
  for (const element of document.querySelectorAll(NOISE)) element.remove();
  const body = (main && mainOf(document)) || document.body;
  if (main && body === document.body) for (const element of body.querySelectorAll(AROUND)) element.remove();
  markHeadings(body);
  const tables = takeTables(body);
  const text = convert(String(body), OPTIONS);
  return { title, parts: partsOf(text, tables) };
}

function mainOf(document: DomDocument): Dom | null {
  const copy = parse(String(document.documentElement));
  const article = new Readability(copy as never, { charThreshold: LEAST_MAIN_CHARS }).parse();
  if ((article?.textContent ?? '').trim().length < LEAST_MAIN_CHARS) return null;
  return parse(`<html><body>${article?.content ?? ''}</body></html>`).body;
}

/** Word writes a heading as a paragraph in bold. */
function markHeadings(body: Dom): void {
  for (const paragraph of body.querySelectorAll('p')) {
    const [only, ...others] = [...paragraph.childNodes].filter((node) => node.textContent?.trim());
    const text = paragraph.textContent?.trim() ?? '';
    const isBold = only && others.length === 0 && /^(?:STRONG|B)$/iu.test(only.tagName ?? '');
    if (isBold && text.length <= 80 && !text.includes('\n')) paragraph.outerHTML = `<h4>${paragraph.innerHTML}</h4>`;
  }
}

/** Takes the tables out that hold data, and leaves a mark where each stood. */
function takeTables(body: Dom): Row[][] {
  const tables: Row[][] = [];
  for (const table of body.querySelectorAll('table')) {
    if (table.querySelector('table')) continue;
    const rows = gridOf(table);
    if (rows.length < 2 || Math.max(...rows.map((row) => row.filter(Boolean).length)) < 2) continue;
    table.outerHTML = `<p>${MARK}${tables.length}${MARK}</p>`;
    tables.push(rows);
  }
  return tables;
}

/** A cell over several columns or rows fills the first of them. */
function gridOf(table: Dom): string[][] {
  const taken: boolean[][] = [];
  return [...table.querySelectorAll('tr')].map((row, y) => {
    const cells: string[] = [];
    let x = 0;
    for (const cell of row.querySelectorAll('td,th')) {
      while (taken[y]?.[x]) cells[x++] = '';
      const span = (name: string): number => Math.min(Math.max(Number(cell.getAttribute(name)) || 1, 1), MOST_CELLS);
      const [width, height] = [span('colspan'), span('rowspan')];
      for (let down = y + 1; down < y + height; down++) {
        const below = taken[down] ?? [];
        for (let right = x; right < x + width; right++) below[right] = true;
        taken[down] = below;
      }
      cells[x] = (cell.textContent ?? '').replace(/\s+/gu, ' ').trim();
      for (let right = 1; right < width; right++) cells[x + right] = '';
      x += width;
    }
    return cells;
  });
}

function partsOf(text: string, tables: Row[][]): Part[] {
  return text.split(new RegExp(`${MARK}(\\d+)${MARK}`, 'u')).flatMap((piece, at): Part[] => {
    if (at % 2 === 0) return /[\p{L}\p{N}]/u.test(piece) ? [{ text: piece }] : [];
    const rows = tables[Number(piece)];
    return rows ? [{ table: { name: '', rows } }] : [];
  });
}
