import { TooManyRequestsError } from '#core/errors.ts';
import type { Broadcast, CountRow } from './broadcasts.repo.ts';
import { type Progress, progressOf } from './present-broadcast.ts';

export interface Watched {
  userId: string;
  tenantId: string;
  botId: string;
  broadcastId: string;
}

export interface Deps {
  find: (tenantId: string, botId: string, id: string) => Promise<Broadcast | null>;
  counts: (tenantId: string, id: string) => Promise<CountRow[]>;
  /** The tenant a user belongs to now; null when suspended or gone. */
  tenantOfUser: (userId: string) => Promise<string | null>;
  publishMs?: number;
  heartbeatMs?: number;
}

/** What a stream gets. `end`: nothing more will come. */
export interface Listener {
  progress(progress: Progress): void;
  heartbeat(): void;
  end(): void;
}

const MAX_STREAMS_PER_USER = 6;
const PUBLISH_MS = 1_000;
const HEARTBEAT_MS = 15_000;
const RETRY_SECONDS = 5;

/**
 * Who watches which broadcast. Progress is read once a second for all who watch the same one, and told when it changed; whose
 * business it is, is asked again each time.
 */
export function createProgressStreams(deps: Deps) {
  const { publishMs = PUBLISH_MS, heartbeatMs = HEARTBEAT_MS } = deps;
  const perUser = new Map<string, number>();
  const fresh = new Map<string, { atMs: number; progress: Promise<Progress | null> }>();

  /** The same answer for all who ask within a turn. */
  function read({ tenantId, botId, broadcastId }: Watched): Promise<Progress | null> {
    const key = `${tenantId} ${botId} ${broadcastId}`;
    const known = fresh.get(key);
    if (known && Date.now() - known.atMs < publishMs * 0.9) return known.progress;
    const progress = deps.find(tenantId, botId, broadcastId).then(async (broadcast) => {
      return broadcast && progressOf(broadcast, await deps.counts(tenantId, broadcastId));
    });
    fresh.set(key, { atMs: Date.now(), progress });
    progress.catch(() => fresh.delete(key));
    return progress;
  }

  async function allowed({ userId, tenantId }: Watched): Promise<boolean> {
    return (await deps.tenantOfUser(userId)) === tenantId;
  }

  return {
    /** Begins to tell; the function it gives ends that. @throws TooManyRequestsError when the user watches too many. */
    watch(watched: Watched, listener: Listener): () => void {
      const open = perUser.get(watched.userId) ?? 0;
      if (open >= MAX_STREAMS_PER_USER) throw new TooManyRequestsError(RETRY_SECONDS);
      perUser.set(watched.userId, open + 1);
      let last = '';
      let busy = false;
      let over = false;

      async function publish(): Promise<void> {
        const progress = (await allowed(watched)) ? await read(watched) : null;
        if (over) return;
        if (!progress) return finish();
        const text = JSON.stringify(progress);
        if (text !== last) listener.progress(progress);
        last = text;
        if (progress.still) finish();
      }
      const turn = (): void => {
        if (busy || over) return;
        busy = true;
        // The database may be away for a moment: the next turn tells.
        publish()
          .catch(() => {})
          .finally(() => {
            busy = false;
          });
      };
      const timers = [setInterval(turn, publishMs), setInterval(() => listener.heartbeat(), heartbeatMs)];
      function stop(): void {
        if (over) return;
        over = true;
        for (const timer of timers) clearInterval(timer);
        const left = (perUser.get(watched.userId) ?? 1) - 1;
        if (left > 0) perUser.set(watched.userId, left);
        else perUser.delete(watched.userId);
        if (perUser.size === 0) fresh.clear();
      }
      function finish(): void {
        stop();
        listener.end();
      }
      turn();
      return stop;
    },
  };
}

export type ProgressStreams = ReturnType<typeof createProgressStreams>;
