import type { KnowledgeSearch } from '#answering/knowledge-search.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { MAX_QUESTIONS } from '#core/entry-questions.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import type { Actor } from '#web/actor.ts';
import type { EntryQuestionsQueries } from './enrichment/entry-questions.queries.ts';
import type { EntryToSave, KnowledgeQueries, Saved } from './knowledge.queries.ts';
import type { Entry, EntryRow } from './knowledge.read.ts';
import type { EntryForm, ListQuery } from './knowledge.schema.ts';

const PAGE_ENTRIES = 20;

export interface EntryList {
  entries: EntryRow[];
  total: number;
  found: number;
  page: number;
  pageCount: number;
  /** The whole texts are not searched. */
  titlesOnly: boolean;
}

interface Deps {
  knowledge: KnowledgeQueries;
  search: Pick<KnowledgeSearch, 'containing' | 'isOfTitles'>;
  questions: Pick<EntryQuestionsQueries, 'lists' | 'saveOwners'>;
  audit: AuditLog;
  /** After an entry was created, changed or deleted. */
  saved: () => void;
}

const DOUBLE_PRESS_MS = 5_000;

export function createKnowledgeService({ knowledge, questions, search, audit, saved }: Deps) {
  const record = (actor: Actor, action: AuditAction, botId: string, targetId: string): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'knowledge_entry', targetId, details: { botId } });

  return {
    /** A page beyond the last is the last. */
    async list(tenantId: string, botId: string, { q, page, show }: ListQuery): Promise<EntryList> {
      const { total, version } = await knowledge.size(tenantId, botId);
      const ids = q === '' ? null : await search.containing({ tenantId, botId, knowledgeVersion: version, query: q });
      const found = show === '' ? (ids?.length ?? total) : await knowledge.count(tenantId, botId, { ids, show });
      const pageCount = Math.max(1, Math.ceil(found / PAGE_ENTRIES));
      const shown = Math.min(page, pageCount);
      const entries = await knowledge.page(tenantId, botId, {
        ids,
        show,
        limit: PAGE_ENTRIES,
        offset: (shown - 1) * PAGE_ENTRIES,
      });
      return { entries, total, found, page: shown, pageCount, titlesOnly: search.isOfTitles(tenantId, botId) };
    },

    async find(tenantId: string, botId: string, id: unknown): Promise<Entry> {
      const entry = isId(id) ? await knowledge.find(tenantId, botId, id) : null;
      if (!entry) throw new NotFoundError();
      return entry;
    },

    async create(actor: Actor, botId: string, form: EntryForm): Promise<string> {
      const id = newId();
      const since = new Date(Date.now() - DOUBLE_PRESS_MS);
      const made = await knowledge.insertOnce(actor.tenantId, botId, { id, ...form }, { since, actorId: actor.actorId });
      if (typeof made === 'object') return made.id;
      refuse(made);
      saved();
      await record(actor, 'knowledge.created', botId, id);
      return id;
    },

    /** As many as there is room for, under the given ids; gives the ids that are entries now. Safe to repeat. */
    async addAll(actor: Actor, botId: string, entries: readonly EntryToSave[]): Promise<string[]> {
      const added = await knowledge.insertMany(actor.tenantId, botId, entries, actor.actorId);
      if (added.length === 0) return added;
      saved();
      const details = { count: added.length };
      await audit.record({ ...actor, action: 'knowledge.imported', targetType: 'bot', targetId: botId, details });
      return added;
    },

    async update(actor: Actor, botId: string, id: unknown, form: EntryForm): Promise<void> {
      if (!isId(id)) throw new NotFoundError();
      refuse(await knowledge.update(actor.tenantId, botId, { id, ...form }, actor.actorId));
      saved();
      await record(actor, 'knowledge.changed', botId, id);
    },

    /** The owner's first, one per line. */
    async questionsOf(tenantId: string, botId: string, id: string): Promise<string> {
      const lists = await questions.lists(tenantId, botId, id);
      return lists ? [...lists.own, ...lists.suggested].join('\n') : '';
    },

    async saveQuestions(actor: Actor, botId: string, id: unknown, lines: readonly string[]): Promise<void> {
      if (lines.length > MAX_QUESTIONS) throw new ValidationError({ questions: 'knowledge.questions.too_many' });
      const saved = isId(id) ? await questions.saveOwners(actor.tenantId, botId, id, lines) : 'not_found';
      refuse(saved, 'questions');
      await record(actor, 'knowledge.changed', botId, id as string);
    },

    /** Changes the entry, or makes it under this id. Safe to repeat, also at the same time. */
    async put(actor: Actor, botId: string, id: string, form: EntryForm): Promise<void> {
      const changed = async (): Promise<boolean> => {
        const outcome = await knowledge.update(actor.tenantId, botId, { id, ...form }, actor.actorId);
        if (outcome === 'not_found') return false;
        refuse(outcome);
        saved();
        await record(actor, 'knowledge.changed', botId, id);
        return true;
      };
      if (await changed()) return;
      try {
        refuse(await knowledge.insert(actor.tenantId, botId, { id, ...form }, actor.actorId));
      } catch (error) {
        if (isUniqueConflict(error) && (await changed())) return;
        throw error;
      }
      saved();
      await record(actor, 'knowledge.created', botId, id);
    },

    withBlanks: knowledge.withBlanks,

    /** Null: there is no such entry. */
    peek: async (tenantId: string, botId: string, id: string): Promise<Entry | null> =>
      isId(id) ? knowledge.find(tenantId, botId, id) : null,

    /** Gives the ids of those that were there. */
    async removeMany(actor: Actor, botId: string, ids: readonly string[]): Promise<string[]> {
      const removed: string[] = [];
      for (const id of ids) if ((await knowledge.remove(actor.tenantId, botId, id, actor.actorId)) !== null) removed.push(id);
      if (removed.length === 0) throw new NotFoundError();
      saved();
      for (const id of removed) await record(actor, 'knowledge.deleted', botId, id);
      return removed;
    },

    /** Puts deleted entries back, as they were; those that there are stay. Gives how many. */
    async restoreMany(actor: Actor, botId: string, ids: string[]): Promise<number> {
      const entries = await knowledge.deleted(actor.tenantId, botId, ids);
      const added = await knowledge.insertMany(actor.tenantId, botId, entries, actor.actorId);
      if (added.length === 0) throw new NotFoundError();
      saved();
      for (const id of added) await record(actor, 'knowledge.created', botId, id);
      return added.length;
    },

    async remove(actor: Actor, botId: string, id: unknown): Promise<string> {
      const title = isId(id) ? await knowledge.remove(actor.tenantId, botId, id, actor.actorId) : null;
      if (title === null) throw new NotFoundError();
      saved();
      await record(actor, 'knowledge.deleted', botId, id as string);
      return title;
    },
  };
}

export type KnowledgeService = ReturnType<typeof createKnowledgeService>;

function refuse(saved: Saved, field = 'content'): void {
  if (saved === 'not_found') throw new NotFoundError();
  if (saved === 'full') throw new ValidationError({ [field]: 'knowledge.form.content.no_room' });
}
