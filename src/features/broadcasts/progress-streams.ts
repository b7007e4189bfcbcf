import { createHash } from 'node:crypto';
import { createLiveStreams, type LiveStreamsDeps, type Told, type Watched } from '#web/live-streams.ts';
import type { Broadcast, CountRow } from './broadcast.ts';
import { type Progress, progressOf } from './present-broadcast.ts';

export interface Deps extends Pick<LiveStreamsDeps<Progress>, 'tenantsOfSessions' | 'seats'> {
  find: (tenantId: string, botId: string, id: string) => Promise<Broadcast | null>;
  counts: (tenantId: string, id: string) => Promise<CountRow[]>;
}

const TURN_MS = 1_000;
const SLOWEST_TURNS = 4;

/** Who watches which broadcast; the last they are told is that nothing changes any more. */
export function createProgressStreams({ find, counts, ...deps }: Deps) {
  async function lookAt({ tenantId, botId, id }: Watched): Promise<Told<Progress> | null> {
    const broadcast = await find(tenantId, botId, id);
    if (!broadcast) return null;
    const progress = progressOf(broadcast, await counts(tenantId, id));
    const hash = createHash('sha256').update(JSON.stringify(progress)).digest('base64url').slice(0, 16);
    return { news: progress, id: hash, last: progress.still };
  }

  return createLiveStreams<Progress>({
    ...deps,
    turnMs: TURN_MS,
    slowestTurns: SLOWEST_TURNS,
    async look(watched) {
      const found: (Told<Progress> | null)[] = [];
      // One after the other: however many are watched, the database's connections are for those who wait.
      for (const one of watched) found.push(await lookAt(one));
      return found;
    },
  });
}

export type ProgressStreams = ReturnType<typeof createProgressStreams>;
