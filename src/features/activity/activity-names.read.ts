import { channelName } from '#channels/channels.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import type { ActivityLine } from './activity.read.ts';

/** Today's names of the ids in lines. A broadcast and a conversation have the name of their bot. */
export type ActivityNames = ReadonlyMap<string, string>;

const OF_BOT = { id: true, bot: { select: { name: true } } } as const;

/** Names for the lines, within the lines' own tenants. Never a customer's name or anybody's text: admins read this too. */
export function createActivityNamesRead({ database: { prisma } }: { database: Database }) {
  async function currentNames(tenantIds: string[], ids: string[]): Promise<Map<string, string>> {
    const where = { tenantId: { in: tenantIds }, id: { in: ids } };
    const [bots, broadcasts, conversations, connections, users] = await Promise.all([
      prisma.bot.findMany({ where, select: { id: true, name: true } }),
      prisma.broadcast.findMany({ where, select: OF_BOT }),
      prisma.conversation.findMany({ where, select: OF_BOT }),
      prisma.connection.findMany({ where, select: { id: true, displayName: true, platform: true } }),
      prisma.user.findMany({ where: { id: { in: ids } }, select: { id: true, username: true } }),
    ]);
    return new Map([
      ...bots.map(({ id, name }) => [id, name] as const),
      ...[...broadcasts, ...conversations].filter((row) => isWhole(row, 'bot')).map(({ id, bot }) => [id, bot.name] as const),
      ...connections.map(({ id, displayName, platform }) => [id, accountOf(platform, displayName)] as const),
      ...users.map(({ id, username }) => [id, username] as const),
    ]);
  }

  /** The activity log keeps the name of a deleted bot. */
  async function deletedBotNames(tenantIds: string[], botIds: string[]): Promise<[string, string][]> {
    const where = { tenantId: { in: tenantIds }, action: 'bot.deleted', targetId: { in: botIds } };
    const lines = await prisma.auditLine.findMany({ where, select: { targetId: true, details: true } });
    return lines.map(({ targetId, details }) => [String(targetId), (details as { name?: string } | null)?.name ?? '']);
  }

  return async (lines: ActivityLine[]): Promise<ActivityNames> => {
    const botIds = unique(lines.flatMap((line) => [line.details?.['botId'], line.targetType === 'bot' && line.targetId]));
    const ids = unique([...botIds, ...lines.map(({ targetId }) => targetId)]);
    const tenantIds = unique(lines.map(({ tenantId }) => tenantId));
    if (ids.length === 0) return new Map();
    const names = await currentNames(tenantIds, ids);
    const lost = botIds.filter((id) => !names.has(id));
    return lost.length === 0 ? names : new Map([...names, ...(await deletedBotNames(tenantIds, lost))]);
  };
}

const unique = (values: unknown[]): string[] => [...new Set(values)].filter(isId);
const accountOf = (platform: string, name: string | null): string =>
  name ? `${channelName(platform)} (${name})` : channelName(platform);

export type ActivityNamesRead = ReturnType<typeof createActivityNamesRead>;
