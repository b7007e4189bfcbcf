import { HOUR_MS, MINUTE_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Database, Prisma } from '#platform/db/database.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import type { SubscribeAccount } from './subscribe-account.ts';

interface Deps {
  database: Pick<Database, 'prisma'>;
  secrets: Pick<ConnectionSecrets, 'openOrEmpty'>;
  subscribeAccount: SubscribeAccount;
  kinds: readonly ChannelKind[];
}

const AT_ONCE = 500;

/**
 * R33 (Meta disables the subscription): asks again every hour. Asking twice changes nothing, so processes need not agree.
 */
export function createSubscriptionRenewal({ database: { prisma }, secrets, subscribeAccount, kinds }: Deps) {
  return async function renewAcrossTenants(now: Date): Promise<void> {
    const platform = { in: kinds as Prisma.ConnectionUncheckedCreateInput['platform'][] };
    const rows = await prisma.connection.findMany({
      where: {
        platform,
        state: 'ACTIVE',
        OR: [{ subscribedAt: null }, { subscribedAt: { lt: new Date(now.getTime() - HOUR_MS + MINUTE_MS) } }],
      },
      orderBy: { subscribedAt: { sort: 'asc', nulls: 'last' } },
      take: AT_ONCE,
      select: { id: true, tenantId: true, platform: true, sealedSecrets: true },
    });
    for (const row of rows) {
      const credentials = secrets.openOrEmpty(row);
      const isOpen = Object.keys(credentials).length > 0;
      if (isOpen) await subscribeAccount({ ...row, platform: row.platform as ChannelKind }, credentials);
    }
  };
}
