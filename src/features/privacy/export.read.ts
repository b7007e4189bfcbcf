import { PHOTO_EXTENSIONS, type PhotoType } from '#core/file-kind.ts';
import type { Database } from '#platform/db/database.ts';

/** One file of the export: its name and, by the id of the last row, the rows after it. */
interface Part {
  name: string;
  text: string;
  /** Where the first page begins. */
  first: string;
  /** How many rows at a time. */
  step: number;
}

const STEP_ROWS = 2_000;
// R49: of rows that may be long, fewer at a time.
const LONG_STEP_ROWS = 50;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** $1 tenant, $2 the last id, $3 how many. Secrets are left out: sealed tokens, password hashes. */
const byId = (name: string, columns: string, table = name): Part => ({
  name,
  first: FIRST_ID,
  step: STEP_ROWS,
  text: `SELECT ${columns} FROM ${table} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
});
const byNumber = (name: string, columns: string, table = name): Part => ({ ...byId(name, columns, table), first: '0' });

const CONNECTION = `id, bot_id, platform, account_id, display_name, username, enabled, state, failure_reason, created_at`;
const PARTS: Part[] = [
  byId('bots', 'id, name, system_prompt, greeting, retention_months, created_at, updated_at'),
  byId('connections', CONNECTION),
  { ...byId('knowledge', 'id, bot_id, title, content, created_at, updated_at', 'knowledge_entries'), step: LONG_STEP_ROWS },
  byId(
    'customers',
    'id, bot_id, connection_id, platform_user_id, username, first_name, last_name, language, opted_out_at, created_at',
  ),
  byId(
    'conversations',
    'id, bot_id, connection_id, customer_id, chat_id, is_group, language, needs_person_at, last_message_at, created_at',
  ),
  byNumber(
    'messages',
    'id, conversation_id, customer_id, direction, kind, text, attachment, status, mode, reason, sources, reply_to_id, created_at, sent_at',
  ),
  byId(
    'broadcasts',
    'id, bot_id, text, button_label, button_url, photo_id, template, state, scheduled_at, started_at, finished_at, counts, created_at',
  ),
  byId('subscriptions', 'id, type, max_bots, max_messages_per_month, starts_at, ends_at, active'),
  byNumber('audit', 'id, actor_id, actor_kind, action, target_type, target_id, details, ip, created_at', 'audit_lines'),
];

const BUSINESS = `SELECT t.id, t.name, t.time_zone, t.created_at,
    (SELECT json_agg(json_build_object('username', u.username, 'email', u.email, 'language', u.language, 'role', m.role, 'since', m.created_at))
      FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = t.id) AS members,
    (SELECT json_agg(json_build_object('month', month, 'aiAnswers', ai_answers, 'broadcastRecipients', broadcast_recipients) ORDER BY month)
      FROM usage_months WHERE tenant_id = t.id) AS usage
  FROM tenants t WHERE t.id = $1`;

/** A picture of the export: under which name, and its bytes when the archive gets there. */
export interface ExportFile {
  name: string;
  content: () => Promise<Buffer>;
}

const PHOTOS = 'SELECT id, type FROM broadcast_photos WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3';
const PHOTO = 'SELECT content FROM broadcast_photos WHERE tenant_id = $1 AND id = $2';

/** All that is kept of a business, table by table in bounded steps, without secrets. */
export function createExportRead({ database: { sql } }: { database: Database }) {
  async function* pages(tenantId: string, { text, first, step }: Part): AsyncGenerator<Record<string, unknown>[]> {
    for (let after: unknown = first; ; ) {
      const { rows } = await sql.query(text, [tenantId, after, step]);
      if (rows.length > 0) yield rows;
      if (rows.length < step) return;
      after = rows.at(-1)?.['id'];
    }
  }

  /** Named as `photo_id` of a broadcast has it. One that was removed meanwhile is an empty file. */
  const photoFile = (tenantId: string, { id, type }: { id: string; type: PhotoType }): ExportFile => ({
    name: `photos/${id}.${PHOTO_EXTENSIONS[type]}`,
    content: async () => (await sql.query<{ content: Buffer }>(PHOTO, [tenantId, id])).rows[0]?.content ?? Buffer.alloc(0),
  });

  return {
    business: async (tenantId: string) => (await sql.query(BUSINESS, [tenantId])).rows[0],
    parts: (tenantId: string) => PARTS.map((part) => ({ name: part.name, pages: () => pages(tenantId, part) })),

    async photos(tenantId: string): Promise<ExportFile[]> {
      const files: ExportFile[] = [];
      const all: Part = { name: 'photos', text: PHOTOS, first: FIRST_ID, step: STEP_ROWS };
      for await (const rows of pages(tenantId, all)) {
        files.push(...rows.map((row) => photoFile(tenantId, row as { id: string; type: PhotoType })));
      }
      return files;
    },
  };
}

export type ExportRead = ReturnType<typeof createExportRead>;
