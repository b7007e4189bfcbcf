import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { DAY_MS } from '#core/durations.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import type { Language } from '#core/languages.ts';
import { type EntryOrigin, type KnowledgeApi, MAX_CONTENT_CHARS } from '#features/knowledge/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Actor } from '#web/actor.ts';
import type { DraftsRepo } from './drafts.repo.ts';
import type { DraftRow, Import, NewSource } from './import.ts';
import type { ImportsRepo, SiteReading } from './imports.repo.ts';

const MB = 1024 * 1024;
/** S70 (disk): what one business has of the reading and of the room at a time. Said on the page. */
const MOST = { reading: 5, bytes: 128 * MB };
const PAGE_DRAFTS = 50;
const WEEK_MS = 7 * DAY_MS;
/** In an hour. */
const MOST_WEEKLY = 100;
const CUT = /^\s*-{3,}\s*$/mu;

export interface EntryText {
  title: string;
  content: string;
}

interface Deps {
  imports: ImportsRepo;
  drafts: DraftsRepo;
  entries: Pick<KnowledgeApi['entries'], 'addAll' | 'update' | 'peek'>;
  /** How many pages of a site the plan in force reads. */
  pagesOf: (tenantId: string) => Promise<number>;
  notifications: Pick<Notifications, 'notify'>;
  audit: AuditLog;
}

export function createImportsService({ imports, drafts, entries, pagesOf, notifications, audit }: Deps) {
  const record = (actor: Actor, action: AuditAction, botId: string, id: string, details = {}): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'import', targetId: id, details: { botId, ...details } });

  async function chosen(tenantId: string, importId: string, ids: string[] | null): Promise<DraftRow[]> {
    const found = await drafts.open(tenantId, importId, { ids });
    if (found.length === 0) throw new NotFoundError();
    return found;
  }

  /** Drafts that change an entry which is still there; gives the drafts' ids. */
  async function changeEntries(actor: Actor, botId: string, wanted: readonly DraftRow[]): Promise<string[]> {
    const done: string[] = [];
    for (const { id, entryId, title, content } of wanted) {
      if (entryId === null || !(await entries.peek(actor.tenantId, botId, entryId))) continue;
      await entries.update(actor, botId, entryId, { title, content });
      done.push(id);
    }
    return done;
  }

  /** One more reading of a site, which takes its weekly turn over. Null: too much is being read or reviewed. */
  async function readAgain({ id, name, ...reading }: SiteReading, weekly: boolean): Promise<string | null> {
    const site = { kind: 'site' as const, name, content: Buffer.alloc(0) };
    const made = await imports.create({ ...reading, weekly }, [site], MOST);
    if (made === 'busy' || made === 'full') return null;
    await imports.setWeekly(reading.tenantId, id, false);
    await notifications.notify('imports');
    return made.id;
  }

  return {
    list: imports.list,
    siteOf: imports.siteOf,

    /** Gives the id of the new import. @throws NotFoundError when it is no site, LimitReachedError */
    async again(actor: Actor, botId: string, importId: string): Promise<string> {
      const site = await imports.siteOf(actor.tenantId, importId);
      if (!site) throw new NotFoundError();
      const id = await readAgain({ ...site, maxPages: await pagesOf(actor.tenantId) }, site.weekly ?? false);
      if (id === null) throw new LimitReachedError('imports.form.too_many', { count: MOST.reading });
      await record(actor, 'import.started', botId, id, { count: 1 });
      return id;
    },

    async setWeekly(actor: Actor, botId: string, importId: string, weekly: boolean): Promise<void> {
      await imports.setWeekly(actor.tenantId, importId, weekly);
      await record(actor, 'import.changed', botId, importId, { weekly });
    },

    /** Sites that were read a week ago; drafts of what changed wait for a review. */
    async readWeeklyAcrossTenants(now: Date): Promise<void> {
      const due = await imports.dueAcrossTenants(new Date(now.getTime() - WEEK_MS), MOST_WEEKLY);
      for (const site of due) await readAgain({ ...site, maxPages: await pagesOf(site.tenantId) }, true);
    },

    async find(tenantId: string, botId: string, id: unknown): Promise<Import> {
      const found = isId(id) ? await imports.find(tenantId, botId, id) : null;
      if (!found) throw new NotFoundError();
      return found;
    },

    async findDraft(tenantId: string, importId: string, id: unknown): Promise<DraftRow> {
      const [draft] = isId(id) ? await drafts.open(tenantId, importId, { ids: [id] }) : [];
      if (!draft) throw new NotFoundError();
      return draft;
    },

    /** `done` of `total` sources are read. A page beyond the last is the last. */
    async progress(tenantId: string, { id }: Import) {
      const sources = await imports.sources(tenantId, id);
      const done = sources.filter(({ state }) => state === 'read' || state === 'failed').length;
      return { sources, done, total: sources.length, failed: sources.filter(({ state }) => state === 'failed') };
    },

    allOpen: (tenantId: string, importId: string): Promise<DraftRow[]> => drafts.open(tenantId, importId),

    async page(tenantId: string, importId: string, page: number) {
      const count = await drafts.count(tenantId, importId);
      const pageCount = Math.max(1, Math.ceil(count / PAGE_DRAFTS));
      const shown = Math.min(page, pageCount);
      const rows = await drafts.open(tenantId, importId, { skip: (shown - 1) * PAGE_DRAFTS, take: PAGE_DRAFTS });
      return { drafts: rows, count, page: shown, pageCount };
    },

    async start(actor: Actor, botId: string, language: Language, sources: readonly NewSource[]): Promise<string> {
      const maxPages = sources.some(({ kind }) => kind === 'site') ? await pagesOf(actor.tenantId) : 0;
      const made = await imports.create({ tenantId: actor.tenantId, botId, language, maxPages }, sources, MOST);
      if (made === 'busy') throw new LimitReachedError('imports.form.too_many', { count: MOST.reading });
      if (made === 'full') throw new LimitReachedError('imports.form.no_room', { count: MOST.bytes / MB });
      const { id } = made;
      await notifications.notify('imports');
      await record(actor, 'import.started', botId, id, { count: sources.length });
      return id;
    },

    /** Makes entries of the drafts, of all when `ids` is null. `left` of them have no room. */
    async accept(actor: Actor, botId: string, importId: string, ids: string[] | null): Promise<{ added: number; left: number }> {
      const wanted = await chosen(actor.tenantId, importId, ids);
      const changed = await changeEntries(actor, botId, wanted);
      const fresh = wanted.filter(({ id }) => !changed.includes(id)).map(entryOf);
      const added = fresh.length > 0 ? await entries.addAll(actor, botId, fresh) : [];
      const done = [...changed, ...added];
      await drafts.settle(actor.tenantId, importId, done, 'accepted');
      return { added: done.length, left: wanted.length - done.length };
    },

    async refuse(actor: Actor, botId: string, importId: string, ids: string[]): Promise<number> {
      const count = await drafts.settle(actor.tenantId, importId, ids, 'refused');
      if (count === 0) throw new NotFoundError();
      await record(actor, 'import.changed', botId, importId, { count });
      return count;
    },

    /** One draft of several, under the first one's title. */
    async join(actor: Actor, botId: string, importId: string, ids: string[]): Promise<void> {
      const wanted = await chosen(actor.tenantId, importId, ids);
      const [first, ...others] = wanted;
      if (!first || others.length === 0) throw new ValidationError({ ids: 'imports.review.join_two' });
      const content = [first.content, ...others.map((one) => withTitle(one))].join('\n\n');
      if (content.length > MAX_CONTENT_CHARS) throw new ValidationError({ ids: 'imports.review.join_too_long' });
      const notes = [...new Map(wanted.flatMap((one) => one.notes).map((note) => [JSON.stringify(note), note])).values()];
      const ordered = wanted.map(({ id }) => id);
      if (!(await drafts.replace(actor.tenantId, importId, ordered, [{ title: first.title, content, notes }])))
        throw new NotFoundError();
      await record(actor, 'import.changed', botId, importId, { count: wanted.length });
    },

    /** A line of three hyphens ends one draft and begins the next. Gives the number of drafts. */
    async edit(actor: Actor, botId: string, importId: string, draft: DraftRow, form: EntryText): Promise<number> {
      const [first = '', ...more] = form.content
        .split(CUT)
        .map((part) => part.trim())
        .filter((part) => part !== '');
      const texts = [
        { title: form.title, content: first, notes: draft.notes },
        ...more.map((part) => ({ ...withoutTitle(part), notes: draft.notes })),
      ];
      if (!(await drafts.replace(actor.tenantId, importId, [draft.id], texts))) throw new NotFoundError();
      await record(actor, 'import.changed', botId, importId, { count: texts.length });
      return texts.length;
    },

    async cancel(actor: Actor, botId: string, importId: string): Promise<boolean> {
      const cancelled = await imports.cancel(actor.tenantId, importId);
      if (cancelled) await record(actor, 'import.cancelled', botId, importId);
      return cancelled;
    },
  };
}

export type ImportsService = ReturnType<typeof createImportsService>;

const withTitle = ({ title, content }: EntryText): string => (content.startsWith(title) ? content : `${title}\n${content}`);

/** The first line of a part is its title when it is short and others follow. */
function withoutTitle(part: string): EntryText {
  const [line = '', ...rest] = part.split('\n');
  const content = rest.join('\n').trim();
  return line.length <= 100 && content !== ''
    ? { title: line.trim(), content }
    : { title: line.slice(0, 80).trim(), content: part };
}

const ORIGINS: Record<string, EntryOrigin> = { text: 'text', file: 'file', site: 'site', page: 'site' };

const entryOf = ({ id, title, content, source }: DraftRow) => ({
  ...{ id, title, content },
  origin: ORIGINS[source.kind] ?? 'text',
  sourceName: source.name,
});
