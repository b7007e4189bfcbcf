import { AppError, TooManyRequestsError } from '#core/errors.ts';

export interface Watched {
  tenantId: string;
  botId: string;
  id: string;
}

export interface Watcher {
  userId: string;
  sessionKey: string;
}

export interface Snapshot {
  /** Derived from the content, so that every process gives the same id. */
  id: string;
  last?: boolean;
}

export interface Listener {
  /** Viewers are only told that something changed. The page then requests the content. */
  changed(id: string): void;
  heartbeat(): void;
  end(): void;
  renew(): void;
}

export interface LiveStreamsDeps {
  /** The current state of each item in order; null when it is gone. */
  look: (watched: Watched[]) => Promise<(Snapshot | null)[]>;
  /** The current tenant of each session. Ended sessions and suspended or deleted users are left out. */
  tenantsOfSessions: (sessionKeys: string[]) => Promise<Map<string, string>>;
  streamLimit: StreamLimit;
  turnMs: number;
  /** An unchanged item is polled less and less often, at last every so many turns. */
  slowestTurns: number;
}

interface Stream extends Watcher {
  listener: Listener;
  tenantId: string;
  seen: string;
  beatsAtMs: number;
  endsAtMs: number;
}

interface Topic {
  watched: Watched;
  streams: Set<Stream>;
  dueInTurns: number;
  pauseTurns: number;
  snapshot: Snapshot | null;
  first: { atMs: number; snapshot: Promise<Snapshot | null> } | null;
}

const MAX_STREAMS_PER_USER = 6;
const HEARTBEAT_MS = 15_000;
/** R36 (idle streams): a stream ends after this time, and browsers reconnect. */
const LIFETIME_MS = 55_000;
const RETRY_SECONDS = 5;

export function createStreamLimit() {
  const taken = new Map<string, number>();
  return {
    take(userId: string): void {
      const open = taken.get(userId) ?? 0;
      if (open >= MAX_STREAMS_PER_USER) throw new TooManyRequestsError(RETRY_SECONDS);
      taken.set(userId, open + 1);
    },
    leave(userId: string): void {
      const left = (taken.get(userId) ?? 1) - 1;
      if (left > 0) taken.set(userId, left);
      else taken.delete(userId);
    },
  };
}

export type StreamLimit = ReturnType<typeof createStreamLimit>;

const keyOf = ({ tenantId, botId, id }: Watched): string => `${tenantId} ${botId} ${id}`;

/** Polls each watched item once per interval for all viewers and checks their sessions (S10: live stream of another tenant). */
export function createLiveStreams({ look, tenantsOfSessions, streamLimit, turnMs, slowestTurns }: LiveStreamsDeps) {
  const topics = new Map<string, Topic>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let closed = false;

  /** One answer for everybody who joins within a turn. */
  function firstLook(topic: Topic): Promise<Snapshot | null> {
    if (topic.first && Date.now() - topic.first.atMs < turnMs * 0.9) return topic.first.snapshot;
    const snapshot = look([topic.watched]).then(([found = null]) => found);
    topic.first = { atMs: Date.now(), snapshot };
    snapshot.catch(() => {
      topic.first = null;
    });
    return snapshot;
  }

  function send(stream: Stream, topic: Topic, snapshot: Snapshot | null): void {
    if (snapshot && snapshot.id !== stream.seen) stream.listener.changed(snapshot.id);
    stream.seen = snapshot?.id ?? '';
    if (!snapshot || snapshot.last) finish(stream, topic, 'end');
  }

  async function publish(due: Topic[]): Promise<void> {
    const asked = due.map((topic) => ({ topic, streams: [...topic.streams] }));
    const tenants = await tenantsOfSessions([
      ...new Set(asked.flatMap(({ streams }) => streams.map(({ sessionKey }) => sessionKey))),
    ]);
    const found = await look(due.map(({ watched }) => watched));
    for (const [at, { topic, streams }] of asked.entries()) {
      const snapshot = found[at] ?? null;
      topic.pauseTurns = snapshot?.id === topic.snapshot?.id ? Math.min(2 * topic.pauseTurns, slowestTurns) : 1;
      topic.dueInTurns = topic.pauseTurns;
      topic.snapshot = snapshot;
      for (const stream of streams) {
        const isTheirs = tenants.get(stream.sessionKey) === stream.tenantId;
        if (topic.streams.has(stream)) send(stream, topic, isTheirs ? snapshot : null);
      }
    }
  }

  function turn(): void {
    const nowMs = Date.now();
    for (const topic of topics.values()) {
      topic.dueInTurns -= 1;
      for (const stream of topic.streams) keepAlive(stream, topic, nowMs);
    }
    const due = [...topics.values()].filter(({ dueInTurns }) => dueInTurns <= 0);
    if (busy || due.length === 0) return;
    busy = true;
    publish(due)
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }

  function keepAlive(stream: Stream, topic: Topic, nowMs: number): void {
    if (nowMs >= stream.endsAtMs) finish(stream, topic, 'renew');
    else if (nowMs >= stream.beatsAtMs) {
      stream.beatsAtMs = nowMs + HEARTBEAT_MS;
      stream.listener.heartbeat();
    }
  }

  function stop(stream: Stream, topic: Topic): boolean {
    if (!topic.streams.delete(stream)) return false;
    streamLimit.leave(stream.userId);
    if (topic.streams.size === 0) topics.delete(keyOf(topic.watched));
    if (topics.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    return true;
  }

  function finish(stream: Stream, topic: Topic, how: 'end' | 'renew'): void {
    if (stop(stream, topic)) stream.listener[how]();
  }

  return {
    /** `seen`: the id of the last state the client has. The caller has checked the tenant. @throws TooManyRequestsError */
    watch({ userId, sessionKey }: Watcher, watched: Watched, listener: Listener, seen = ''): () => void {
      if (closed) throw new AppError(503, 'errors.unavailable');
      streamLimit.take(userId);
      const nowMs = Date.now();
      const times = { beatsAtMs: nowMs + HEARTBEAT_MS, endsAtMs: nowMs + LIFETIME_MS };
      const stream = { userId, sessionKey, tenantId: watched.tenantId, listener, seen, ...times };
      const topic = topics.get(keyOf(watched)) ?? newTopic(watched);
      topics.set(keyOf(watched), topic);
      topic.streams.add(stream);
      timer ??= setInterval(turn, turnMs);
      firstLook(topic).then(
        (snapshot) => topic.streams.has(stream) && send(stream, topic, snapshot),
        () => {},
      );
      return () => void stop(stream, topic);
    },

    /** Browsers reconnect, to another process or after the restart. */
    close(): void {
      closed = true;
      for (const topic of topics.values()) for (const stream of topic.streams) finish(stream, topic, 'renew');
    },
  };
}

const newTopic = (watched: Watched): Topic => ({
  watched,
  streams: new Set(),
  dueInTurns: 1,
  pauseTurns: 1,
  snapshot: null,
  first: null,
});

export type LiveStreams = ReturnType<typeof createLiveStreams>;
