import { z } from 'zod';
import type { BusinessFacts } from '#core/business-facts.ts';
import { factsText } from '#core/business-facts.ts';
import { NotFoundError } from '#core/errors.ts';
import type { RevisionSubject } from '#platform/db/generated/client.ts';
import type { Actor } from '#web/actor.ts';
import { pageOf } from '#web/paging.ts';
import type { Revision, RevisionsQueries } from './revisions.queries.ts';
import type { ListQuery } from './revisions.schema.ts';
import { type DiffPart, wordDiff } from './word-diff.ts';

/** Each saves a state as a member would, so that it is a revision again. */
export interface Restorers {
  entry(actor: Actor, botId: string, entryId: string, content: { title: string; content: string }): Promise<void>;
  removeEntry(actor: Actor, botId: string, entryId: string): Promise<unknown>;
  facts(actor: Actor, botId: string, content: { facts: unknown; timeZone: string }): Promise<void>;
  prompt(actor: Actor, botId: string, content: { name: string; systemPrompt: string; greeting: string }): Promise<void>;
}

export interface ShownRevision {
  id: string;
  subject: RevisionSubject;
  subjectId: string;
  /** The entry's; null for facts and prompt. */
  title: string | null;
  isDeleted: boolean;
  /** Null: somebody who has left, or not known. */
  by: string | null;
  createdAt: Date;
}

export interface RevisionDetail extends ShownRevision {
  /** Nothing was saved since. */
  isCurrent: boolean;
  diff: DiffPart[];
}

interface Deps {
  revisions: RevisionsQueries;
  restorers: Restorers;
}

const PAGE_ROWS = 30;

const entryContent = z.object({ title: z.string(), content: z.string() });
const factsContent = z.object({ facts: z.unknown(), timeZone: z.string() });
const promptContent = z.object({ name: z.string(), systemPrompt: z.string(), greeting: z.string().nullable() });

export function createRevisionsService({ revisions, restorers }: Deps) {
  async function shown(tenantId: string, rows: readonly Revision[]): Promise<ShownRevision[]> {
    const people = [...new Set(rows.flatMap(({ actorId }) => actorId ?? []))];
    const names = people.length > 0 ? await revisions.names(tenantId, people) : new Map<string, string>();
    return rows.map(({ id, content, actorId, ...row }) => ({
      ...{ subject: row.subject, subjectId: row.subjectId, createdAt: row.createdAt },
      id: String(id),
      title: entryContent.safeParse(content).data?.title ?? null,
      isDeleted: content === null,
      by: (actorId && names.get(actorId)) ?? null,
    }));
  }

  /** @throws NotFoundError */
  async function find(tenantId: string, botId: string, id: unknown): Promise<Revision> {
    const found = typeof id === 'string' && /^\d{1,15}$/.test(id) ? await revisions.find(tenantId, botId, BigInt(id)) : null;
    if (!found) throw new NotFoundError();
    return found;
  }

  /** What was deleted is made again. @throws NotFoundError for the mark of a deletion */
  async function restore(actor: Actor, botId: string, { subject, subjectId, content }: Revision): Promise<void> {
    if (content === null) throw new NotFoundError();
    if (subject === 'entry') await restorers.entry(actor, botId, subjectId, entryContent.parse(content));
    else if (subject === 'facts') await restorers.facts(actor, botId, factsContent.parse(content));
    else {
      const { greeting, ...prompt } = promptContent.parse(content);
      await restorers.prompt(actor, botId, { ...prompt, greeting: greeting ?? '' });
    }
  }

  return {
    find,

    async list(tenantId: string, botId: string, query: ListQuery) {
      const rows = await revisions.page(tenantId, botId, { ...query, limit: PAGE_ROWS + 1 });
      const page = pageOf(rows, PAGE_ROWS);
      return { revisions: await shown(tenantId, page.shown), next: page.last && String(page.last.id) };
    },

    /** Saved since, newest first. */
    async since(tenantId: string, botId: string, since: Date, limit: number): Promise<ShownRevision[]> {
      const rows = await revisions.page(tenantId, botId, { subject: null, subjectId: null, before: null, limit });
      return shown(
        tenantId,
        rows.filter(({ createdAt }) => createdAt > since),
      );
    },

    /** What this save changed. */
    async detail(tenantId: string, botId: string, revision: Revision): Promise<RevisionDetail> {
      const { subject, subjectId } = revision;
      const before = await revisions.before(tenantId, botId, revision);
      const [newest] = await revisions.page(tenantId, botId, { subject, subjectId, before: null, limit: 1 });
      const [one] = await shown(tenantId, [revision]);
      const title = entryContent.safeParse((revision.content === null ? before : revision)?.content).data?.title ?? null;
      const diff = wordDiff(textOf(before), textOf(revision));
      return { ...(one as ShownRevision), title, isCurrent: newest?.id === revision.id, diff };
    },

    restore,

    /** The state before this save is saved again; an entry that it made is deleted. @throws NotFoundError */
    async undo(actor: Actor, botId: string, revision: Revision): Promise<void> {
      const before = await revisions.before(actor.tenantId, botId, revision);
      if (before?.content) await restore(actor, botId, before);
      else if (revision.subject === 'entry') await restorers.removeEntry(actor, botId, revision.subjectId);
      else throw new NotFoundError();
    },
  };
}

export type RevisionsService = ReturnType<typeof createRevisionsService>;

function textOf(revision: Revision | null): string {
  if (!revision || revision.content === null) return '';
  const { subject, content } = revision;
  if (subject === 'entry') {
    const entry = entryContent.parse(content);
    return `${entry.title}\n\n${entry.content}`;
  }
  if (subject === 'facts') return factsText(factsContent.parse(content).facts as BusinessFacts);
  const { name, systemPrompt, greeting } = promptContent.parse(content);
  return [name, systemPrompt, greeting].filter(Boolean).join('\n\n');
}
