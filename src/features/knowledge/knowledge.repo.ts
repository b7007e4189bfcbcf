import type { KnowledgeText } from '#answering/knowledge-search.ts';
import type { Database, Sql } from '#platform/db/database.ts';

/** A row of the list: the beginning of the content only. */
export interface EntryRow {
  id: string;
  title: string;
  preview: string;
  updatedAt: Date;
}

export type Entry = KnowledgeText & { updatedAt: Date };
export type Saved = 'saved' | 'not_found' | 'full';

export interface PageOf {
  ids: string[] | null;
  limit: number;
  offset: number;
}

const PREVIEW_CHARS = 200;
/** What a row takes besides its text, so that a million tiny entries are not free. */
const ROW_BYTES = 500;

// octet_length reads a long text's size without unpacking it.
const USED = `coalesce((SELECT sum(octet_length(e.title) + octet_length(e.content) + ${ROW_BYTES}) FROM knowledge_entries e
  WHERE e.bot_id IN (SELECT id FROM bots WHERE tenant_id = $1) AND e.id <> $3), 0)`;
/** The bot's row, when the tenant has room for the text; its search indexes are stale from then on. */
const TOUCHED_BOT = `bot AS (
  UPDATE bots SET knowledge_version = knowledge_version + 1
  WHERE tenant_id = $1 AND id = $2 AND ${USED} + octet_length($4::text) + octet_length($5::text) + ${ROW_BYTES} <= $6::bigint RETURNING id, tenant_id)`;

const INSERT = `WITH ${TOUCHED_BOT}
  INSERT INTO knowledge_entries (id, tenant_id, bot_id, title, content) SELECT $3, tenant_id, id, $4, $5 FROM bot`;
const UPDATE = `WITH ${TOUCHED_BOT}
  UPDATE knowledge_entries e SET title = $4, content = $5, updated_at = now() FROM bot WHERE e.id = $3 AND e.bot_id = bot.id`;
const EXISTS = 'SELECT 1 FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2 AND id = $3 FOR UPDATE';
const REMOVE = `WITH gone AS (DELETE FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2 AND id = $3 RETURNING title),
  bot AS (UPDATE bots SET knowledge_version = knowledge_version + 1 WHERE tenant_id = $1 AND id = $2 AND EXISTS (SELECT 1 FROM gone))
  SELECT title FROM gone`;

const SIZE = `SELECT b.knowledge_version AS version,
    (SELECT count(*) FROM knowledge_entries e WHERE e.tenant_id = b.tenant_id AND e.bot_id = b.id) AS total
  FROM bots b WHERE b.tenant_id = $1 AND b.id = $2`;
const PAGE = `SELECT id, title, left(content, ${PREVIEW_CHARS}) AS preview, updated_at AS "updatedAt"
  FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2 AND ($3::uuid[] IS NULL OR id = ANY($3))
  ORDER BY updated_at DESC, id DESC LIMIT $4 OFFSET $5`;

export function createKnowledgeRepo({ database, maxTenantBytes }: { database: Database; maxTenantBytes: number }) {
  const { sql } = database;

  /** Writes with the tenant's row locked: of two at once the second counts the first one's bytes. */
  const withinCap = (tenantId: string, work: (tx: Sql) => Promise<Saved>): Promise<Saved> =>
    database.inTransaction(async (tx) => {
      await tx.query('SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE', [tenantId]);
      return work(tx);
    });

  return {
    /** How many entries a bot has, and which version of its knowledge they are. */
    async size(tenantId: string, botId: string): Promise<{ total: number; version: number }> {
      return (await sql.query<{ total: number; version: number }>(SIZE, [tenantId, botId])).rows[0] ?? { total: 0, version: 0 };
    },

    /** Newest change first. `ids`: of these only; null = of all. */
    async page(tenantId: string, botId: string, { ids, limit, offset }: PageOf): Promise<EntryRow[]> {
      return (await sql.query<EntryRow>(PAGE, [tenantId, botId, ids, limit, offset])).rows;
    },

    async find(tenantId: string, botId: string, id: string): Promise<Entry | null> {
      const text = `SELECT id, title, content, updated_at AS "updatedAt" FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2 AND id = $3`;
      return (await sql.query<Entry>(text, [tenantId, botId, id])).rows[0] ?? null;
    },

    /** Everything a bot knows, for the search index. */
    async texts(tenantId: string, botId: string): Promise<KnowledgeText[]> {
      const text = 'SELECT id, title, content FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2 ORDER BY id';
      return (await sql.query<KnowledgeText>(text, [tenantId, botId])).rows;
    },

    insert: (tenantId: string, botId: string, { id, title, content }: KnowledgeText): Promise<Saved> =>
      withinCap(tenantId, async (tx) => {
        const values = [tenantId, botId, id, title, content, maxTenantBytes];
        if ((await tx.query(INSERT, values)).rowCount === 1) return 'saved';
        const bot = await tx.query('SELECT 1 FROM bots WHERE tenant_id = $1 AND id = $2', [tenantId, botId]);
        return bot.rowCount === 1 ? 'full' : 'not_found';
      }),

    update: (tenantId: string, botId: string, { id, title, content }: KnowledgeText): Promise<Saved> =>
      withinCap(tenantId, async (tx) => {
        if ((await tx.query(EXISTS, [tenantId, botId, id])).rowCount === 0) return 'not_found';
        const values = [tenantId, botId, id, title, content, maxTenantBytes];
        return (await tx.query(UPDATE, values)).rowCount === 1 ? 'saved' : 'full';
      }),

    /** The title of what was deleted; null when there was nothing. */
    async remove(tenantId: string, botId: string, id: string): Promise<string | null> {
      return (await sql.query<{ title: string }>(REMOVE, [tenantId, botId, id])).rows[0]?.title ?? null;
    },
  };
}

export type KnowledgeRepo = ReturnType<typeof createKnowledgeRepo>;
