import { channelName } from '#channels/channels.ts';
import type { ChannelKind } from '#core/message.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { TrailLine } from './audit-trail.read.ts';

/** What an id in a line is called today; a broadcast's and a conversation's is their bot's name. */
export type TrailNames = ReadonlyMap<string, string>;

type Row = { id: string; name: string | null; platform: ChannelKind | null };
type Ids = { ids: string[]; tenantIds: string[] };

const activityNames = report<Ids, Row>(import.meta.url, './statements/activity-names.sql');
const deletedBotNames = report<Ids, Row>(import.meta.url, './statements/deleted-bot-names.sql');

/** Names for the lines, within the lines' own tenants. */
export function createTrailNamesRead({ database: { sql } }: { database: Database }) {
  const read = async (names: typeof activityNames, ids: string[], tenantIds: string[]): Promise<Map<string, string>> => {
    const rows = await names(sql, { ids, tenantIds });
    return new Map(rows.map(({ id, name, platform }) => [id, platform ? accountOf(platform, name) : (name ?? '')]));
  };

  return async (lines: TrailLine[]): Promise<TrailNames> => {
    const botIds = unique(lines.flatMap((line) => [line.details?.['botId'], line.targetType === 'bot' && line.targetId]));
    const ids = unique([...botIds, ...lines.map(({ targetId }) => targetId)]);
    const tenantIds = unique(lines.map(({ tenantId }) => tenantId));
    if (ids.length === 0) return new Map();
    const found = await read(activityNames, ids, tenantIds);
    const lost = botIds.filter((id) => !found.has(id));
    return lost.length === 0 ? found : new Map([...found, ...(await read(deletedBotNames, lost, tenantIds))]);
  };
}

const unique = (values: unknown[]): string[] => [...new Set(values)].filter(isId);
const accountOf = (platform: ChannelKind, name: string | null): string =>
  name ? `${channelName(platform)} (${name})` : channelName(platform);

export type TrailNamesRead = ReturnType<typeof createTrailNamesRead>;
