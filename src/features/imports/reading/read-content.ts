import { cleanSource, givesOrders } from '#core/importing/clean-source.ts';
import { type Draft, fitting, titleFrom } from '#core/importing/draft.ts';
import { draftTable } from '#core/importing/draft-table.ts';
import { draftText } from '#core/importing/draft-text.ts';
import { createComparison, type Known, type Note } from '#core/importing/note.ts';
import { pastDateIn } from '#core/importing/past-date.ts';
import { DEFAULT_TIME_ZONE, dayIn } from '#core/time.ts';
import type { ReadResult } from '../import.ts';
import { decodeText } from './decode-text.ts';
import { readDelimited } from './delimited.ts';
import { type Part, UnreadableError } from './parts.ts';
import { readFile } from './read-file.ts';

export interface ReadJob {
  kind: string;
  name: string;
  content: Uint8Array;
  /** The title of drafts without one. */
  fallback: string;
  known: Known[];
}

const MAX_DRAFTS = 2_000;

/** From the bytes of a source to drafts with notes. Runs in a thread of its own (thread.ts). */
export async function readContent({ kind, name, content, fallback, known }: ReadJob): Promise<ReadResult> {
  try {
    const { parts, title, links } = await read(kind, name, content);
    const comparison = createComparison(known);
    const drafts = parts.flatMap((part) => draftsOf(part, title || fallback)).slice(0, MAX_DRAFTS);
    // What stands on every page of a site is taken once.
    const seen = new Set(kind === 'page' ? known.map((one) => one.content) : []);
    const fresh = drafts.filter((draft) => !seen.has(draft.content));
    if (drafts.length === 0 && links.length === 0) return { ok: false, reason: 'no_text' };
    const notesOf = (draft: Draft) => [
      ...(givesOrders(`${draft.title}\n${draft.content}`) ? [{ kind: 'instructions' as const }] : []),
      ...comparison.notesOf(draft),
      ...passedIn(`${draft.title}\n${draft.content}`),
    ];
    return { ok: true, links, drafts: fresh.map((draft) => ({ ...draft, notes: notesOf(draft) })) };
  } catch (error) {
    if (error instanceof UnreadableError) return { ok: false, reason: error.reason };
    throw error;
  }
}

function passedIn(text: string): Note[] {
  const date = pastDateIn(text, dayIn(new Date(), DEFAULT_TIME_ZONE));
  return date === null ? [] : [{ kind: 'past_date', date }];
}

interface Contents {
  parts: Part[];
  title: string;
  links: string[];
}

async function read(kind: string, name: string, content: Uint8Array): Promise<Contents> {
  if (kind === 'text') return { parts: partsOfText(new TextDecoder().decode(content)), title: '', links: [] };
  if (kind === 'file') return { parts: await readFile(name, content), title: titleOf(name), links: [] };
  const html = decodeText(content);
  if (html === null) throw new UnreadableError('bad_answer');
  const page = (await import('./read-html.ts')).readPage(html, name);
  return { ...page, title: cleanSource(page.title) };
}

/** A table that was copied from a spreadsheet is one here too. */
export function partsOfText(text: string): Part[] {
  const clean = cleanSource(text);
  const rows = readDelimited(clean);
  return rows ? [{ table: { name: '', rows } }] : [{ text: clean }];
}

function draftsOf(part: Part, fallback: string): Draft[] {
  if ('post' in part) return postOf(cleanSource(part.post));
  if ('text' in part) return draftText(cleanSource(part.text), fallback, part.place);
  const rows = part.table.rows.map((row) => row.map(cleanSource));
  return draftTable({ name: cleanSource(part.table.name), rows }, fallback);
}

/** A post of a channel is one entry. */
const LEAST_POST_CHARS = 40;
const postOf = (text: string): Draft[] =>
  text.trim().length < LEAST_POST_CHARS ? [] : fitting({ title: titleFrom(text), content: text.trim(), place: {} });

/** A file's name without its folder, its ending and its separators. */
const titleOf = (name: string): string =>
  cleanSource(name)
    .replace(/^.*[\\/]/u, '')
    .replace(/\.[a-z\d]{1,5}$/iu, '')
    .replace(/[_]+/gu, ' ')
    .trim();
