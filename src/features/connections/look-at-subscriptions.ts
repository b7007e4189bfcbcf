import { LRUCache } from 'lru-cache';
import type { Channels } from '#channels/channel.ts';
import { MINUTE_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import type { Connection, ConnectionsRepo } from './connections.repo.ts';

interface Deps {
  connections: Pick<ConnectionsRepo, 'sealedOfBot'>;
  channels: Channels;
  secrets: Pick<ConnectionSecrets, 'openOrEmpty'>;
}

const MAX_KNOWN = 1_000;

/** R33 (Meta disables the subscription): looks when a bot's page is opened, at most once a minute, and writes nothing. */
export function createSubscriptionLook({ connections, channels, secrets }: Deps) {
  const known = new LRUCache<string, { lost: boolean }>({ max: MAX_KNOWN, ttl: MINUTE_MS });

  async function isLost(row: Awaited<ReturnType<ConnectionsRepo['sealedOfBot']>>[number]): Promise<boolean> {
    const key = `${row.id} ${row.sealedSecrets}`;
    const before = known.get(key);
    if (before) return before.lost;
    const credentials = secrets.openOrEmpty(row);
    const asked = Object.keys(credentials).length > 0 ? channels[row.platform as ChannelKind]?.isSubscribed?.(credentials) : null;
    const lost = (await asked) === false;
    // What is lost may be mended the next moment.
    if (!lost) known.set(key, { lost });
    return lost;
  }

  /** The connections that the platform does not deliver for. */
  return async (tenantId: string, botId: string, list: readonly Connection[]): Promise<ReadonlySet<string>> => {
    const active = list.filter(({ state, platform }) => state === 'ACTIVE' && channels[platform]?.isSubscribed);
    if (active.length === 0) return new Set();
    const rows = (await connections.sealedOfBot(tenantId, botId)).filter(({ id }) => active.some((one) => one.id === id));
    const lost = await Promise.all(rows.map(isLost));
    return new Set(rows.filter((_, at) => lost[at]).map(({ id }) => id));
  };
}
