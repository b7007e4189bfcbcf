import { channelName } from '#channels/channels.ts';
import type { ChannelKind } from '#core/message.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import type { TrailLine } from './audit-trail.read.ts';

/** What an id in a line is called today; a broadcast's and a conversation's is their bot's name. */
export type TrailNames = ReadonlyMap<string, string>;

// Never a customer's name or anybody's text: admins read this too.
const NAMES = `SELECT id, name, NULL AS platform FROM bots WHERE tenant_id = ANY($2) AND id = ANY($1)
  UNION ALL SELECT x.id, b.name, NULL FROM broadcasts x JOIN bots b ON b.id = x.bot_id WHERE x.tenant_id = ANY($2) AND x.id = ANY($1)
  UNION ALL SELECT x.id, b.name, NULL FROM conversations x JOIN bots b ON b.id = x.bot_id WHERE x.tenant_id = ANY($2) AND x.id = ANY($1)
  UNION ALL SELECT id, display_name, platform::text FROM connections WHERE tenant_id = ANY($2) AND id = ANY($1)
  UNION ALL SELECT id, username, NULL FROM users WHERE id = ANY($1)`;
// A bot that is deleted has left its name in the trail.
const DELETED = `SELECT target_id AS id, details->>'name' AS name, NULL AS platform FROM audit_lines
  WHERE tenant_id = ANY($2) AND action = 'bot.deleted' AND target_id = ANY($1)`;

type Row = { id: string; name: string | null; platform: ChannelKind | null };

/** Names for the lines, within the lines' own tenants. */
export function createTrailNamesRead({ database: { sql } }: { database: Database }) {
  const read = async (text: string, ids: string[], tenantIds: string[]): Promise<Map<string, string>> => {
    const { rows } = await sql.query<Row>(text, [ids, tenantIds]);
    return new Map(rows.map(({ id, name, platform }) => [id, platform ? accountOf(platform, name) : (name ?? '')]));
  };

  return async (lines: TrailLine[]): Promise<TrailNames> => {
    const botIds = unique(lines.flatMap((line) => [line.details?.['botId'], line.targetType === 'bot' && line.targetId]));
    const ids = unique([...botIds, ...lines.map(({ targetId }) => targetId)]);
    const tenantIds = unique(lines.map(({ tenantId }) => tenantId));
    if (ids.length === 0) return new Map();
    const found = await read(NAMES, ids, tenantIds);
    const lost = botIds.filter((id) => !found.has(id));
    return lost.length === 0 ? found : new Map([...found, ...(await read(DELETED, lost, tenantIds))]);
  };
}

const unique = (values: unknown[]): string[] => [...new Set(values)].filter(isId);
const accountOf = (platform: ChannelKind, name: string | null): string =>
  name ? `${channelName(platform)} (${name})` : channelName(platform);

export type TrailNamesRead = ReturnType<typeof createTrailNamesRead>;
