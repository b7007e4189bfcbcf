import { createHash } from 'node:crypto';
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
  /** The tenant each user belongs to now; who is suspended or gone is left out. */
  tenantsOfUsers: (userIds: string[]) => Promise<Map<string, string>>;
}

/** What a stream gets. `end`: nothing more will come. `renew`: ask again, from a new connection. */
export interface Listener {
  progress(progress: Progress, id: string): void;
  heartbeat(): void;
  end(): void;
  renew(): void;
}

interface Stream extends Watched {
  listener: Listener;
  seen: string;
  beatsAtMs: number;
  endsAtMs: number;
}

interface Told {
  progress: Progress;
  /** Of the numbers themselves, so that every process gives the same. */
  id: string;
}

const keyOf = ({ tenantId, botId, broadcastId }: Watched): string => `${tenantId} ${botId} ${broadcastId}`;

/** One broadcast that is watched. */
interface Topic {
  streams: Set<Stream>;
  dueAtMs: number;
  pauseMs: number;
  told: Told | null;
  reading: { atMs: number; told: Promise<Told | null> } | null;
}

const MAX_STREAMS_PER_USER = 6;
const PUBLISH_MS = 1_000;
/** Where nothing happens it is asked for less and less often. */
const SLOWEST_MS = 4_000;
const HEARTBEAT_MS = 15_000;
/** R36: whoever vanished without a word is gone after this, and whoever signed out elsewhere too. Browsers come again. */
const LIFETIME_MS = 55_000;
const RETRY_SECONDS = 5;

/**
 * Who watches which broadcast. Progress is read once a second for all who watch the same one, and told when it changed; whose
 * business it is, is asked again each time, in one question for all.
 */
export function createProgressStreams(deps: Deps) {
  const topics = new Map<string, Topic>();
  const perUser = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;

  /** The same answer for all who ask within a turn. */
  function read(topic: Topic, { tenantId, botId, broadcastId }: Watched): Promise<Told | null> {
    const { reading } = topic;
    if (reading && Date.now() - reading.atMs < PUBLISH_MS * 0.9) return reading.told;
    const told = deps.find(tenantId, botId, broadcastId).then(async (broadcast) => {
      if (!broadcast) return null;
      const progress = progressOf(broadcast, await deps.counts(tenantId, broadcastId));
      return { progress, id: createHash('sha256').update(JSON.stringify(progress)).digest('base64url').slice(0, 16) };
    });
    topic.reading = { atMs: Date.now(), told };
    told.catch(() => {
      topic.reading = null;
    });
    return told;
  }

  function tell(stream: Stream, told: Told | null): void {
    if (told && told.id !== stream.seen) stream.listener.progress(told.progress, told.id);
    stream.seen = told?.id ?? '';
    if (!told || told.progress.still) finish(stream, 'end');
  }

  async function publish(due: Topic[]): Promise<void> {
    // Who joins meanwhile is told by their own first look.
    const asked = due.map((topic) => ({ topic, streams: [...topic.streams] }));
    const users = new Set(asked.flatMap(({ streams }) => streams.map(({ userId }) => userId)));
    const tenants = await deps.tenantsOfUsers([...users]);
    for (const { topic, streams } of asked) {
      const told = await read(topic, streams[0] as Stream);
      topic.pauseMs = told?.id === topic.told?.id ? Math.min(2 * topic.pauseMs, SLOWEST_MS) : PUBLISH_MS;
      topic.told = told;
      topic.dueAtMs = Date.now() + topic.pauseMs;
      for (const stream of streams) {
        if (topic.streams.has(stream)) tell(stream, tenants.get(stream.userId) === stream.tenantId ? told : null);
      }
    }
  }

  function turn(): void {
    const nowMs = Date.now();
    for (const { streams } of topics.values()) for (const stream of streams) keepAlive(stream, nowMs);
    const due = [...topics.values()].filter(({ dueAtMs }) => dueAtMs <= nowMs);
    if (busy || due.length === 0) return;
    busy = true;
    // The database may be away for a moment: the next turn tells.
    publish(due)
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }

  function keepAlive(stream: Stream, nowMs: number): void {
    if (nowMs >= stream.endsAtMs) finish(stream, 'renew');
    else if (nowMs >= stream.beatsAtMs) {
      stream.beatsAtMs = nowMs + HEARTBEAT_MS;
      stream.listener.heartbeat();
    }
  }

  function stop(stream: Stream): boolean {
    const topic = topics.get(keyOf(stream));
    if (!topic?.streams.delete(stream)) return false;
    if (topic.streams.size === 0) topics.delete(keyOf(stream));
    const left = (perUser.get(stream.userId) ?? 1) - 1;
    if (left > 0) perUser.set(stream.userId, left);
    else perUser.delete(stream.userId);
    if (topics.size > 0) return true;
    clearInterval(timer);
    timer = undefined;
    return true;
  }

  function finish(stream: Stream, how: 'end' | 'renew'): void {
    if (stop(stream)) stream.listener[how]();
  }

  return {
    /**
     * Begins to tell; the function it gives ends that. `seen`: the id of the last progress that was heard, which is not told
     * again. @throws TooManyRequestsError when the user watches too many.
     */
    watch(watched: Watched, listener: Listener, seen = ''): () => void {
      const open = perUser.get(watched.userId) ?? 0;
      if (open >= MAX_STREAMS_PER_USER) throw new TooManyRequestsError(RETRY_SECONDS);
      perUser.set(watched.userId, open + 1);
      const nowMs = Date.now();
      const stream = { ...watched, listener, seen, beatsAtMs: nowMs + HEARTBEAT_MS, endsAtMs: nowMs + LIFETIME_MS };
      const topic = topics.get(keyOf(watched)) ?? newTopic(nowMs);
      topics.set(keyOf(watched), topic);
      topic.streams.add(stream);
      timer ??= setInterval(turn, PUBLISH_MS);
      // The request itself has just been found to be this tenant's.
      read(topic, watched).then(
        (told) => topic.streams.has(stream) && tell(stream, told),
        () => {},
      );
      return () => void stop(stream);
    },
  };
}

const newTopic = (nowMs: number): Topic => ({
  streams: new Set(),
  dueAtMs: nowMs + PUBLISH_MS,
  pauseMs: PUBLISH_MS,
  told: null,
  reading: null,
});

export type ProgressStreams = ReturnType<typeof createProgressStreams>;
