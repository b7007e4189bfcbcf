import type { KnowledgeSearch } from '#answering/knowledge-search.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { Entry, EntryRow, KnowledgeQueries, Saved } from './knowledge.queries.ts';
import type { EntryForm, ListQuery } from './knowledge.schema.ts';

const PAGE_ENTRIES = 20;

/** All a tenant's bots may know together, in bytes of text; keeps indexes and backups within one machine's means. */
export const MAX_TENANT_BYTES = 20 * 1024 * 1024;

export interface EntryList {
  entries: EntryRow[];
  /** Of the whole bot, whatever was searched for. */
  total: number;
  found: number;
  page: number;
  pageCount: number;
}

interface Deps {
  knowledge: KnowledgeQueries;
  search: Pick<KnowledgeSearch, 'containing'>;
  audit: AuditLog;
}

/** What an owner does with a bot's knowledge. The bot is one of the tenant's already (bots' loadBot). */
export function createKnowledgeService({ knowledge, search, audit }: Deps) {
  const record = (actor: Actor, action: AuditAction, botId: string, targetId: string): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'knowledge_entry', targetId, details: { botId } });

  return {
    /** One page, newest change first; a page beyond the last is the last. */
    async list(tenantId: string, botId: string, { q, page }: ListQuery): Promise<EntryList> {
      const { total, version } = await knowledge.size(tenantId, botId);
      const ids = q === '' ? null : await search.containing({ tenantId, botId, knowledgeVersion: version, query: q });
      const found = ids ? ids.length : total;
      const pageCount = Math.max(1, Math.ceil(found / PAGE_ENTRIES));
      const shown = Math.min(page, pageCount);
      const entries = await knowledge.page(tenantId, botId, { ids, limit: PAGE_ENTRIES, offset: (shown - 1) * PAGE_ENTRIES });
      return { entries, total, found, page: shown, pageCount };
    },

    /** @throws NotFoundError also for an entry of another bot and for what is no id at all. */
    async find(tenantId: string, botId: string, id: unknown): Promise<Entry> {
      const entry = isId(id) ? await knowledge.find(tenantId, botId, id) : null;
      if (!entry) throw new NotFoundError();
      return entry;
    },

    /** @throws ValidationError when the tenant's room is used up. */
    async create(actor: Actor, botId: string, form: EntryForm): Promise<void> {
      const id = newId();
      refuse(await knowledge.insert(actor.tenantId, botId, { id, ...form }));
      await record(actor, 'knowledge.created', botId, id);
    },

    /** @throws NotFoundError, ValidationError when the tenant's room is used up. */
    async update(actor: Actor, botId: string, id: unknown, form: EntryForm): Promise<void> {
      if (!isId(id)) throw new NotFoundError();
      refuse(await knowledge.update(actor.tenantId, botId, { id, ...form }));
      await record(actor, 'knowledge.changed', botId, id);
    },

    /** Returns the title. @throws NotFoundError */
    async remove(actor: Actor, botId: string, id: unknown): Promise<string> {
      const title = isId(id) ? await knowledge.remove(actor.tenantId, botId, id) : null;
      if (title === null) throw new NotFoundError();
      await record(actor, 'knowledge.deleted', botId, id as string);
      return title;
    },
  };
}

export type KnowledgeService = ReturnType<typeof createKnowledgeService>;

function refuse(saved: Saved): void {
  if (saved === 'not_found') throw new NotFoundError();
  if (saved === 'full') throw new ValidationError({ content: 'knowledge.form.content.no_room' });
}
