import { AppError, TooManyRequestsError } from '#core/errors.ts';

/** What is watched: something of a bot. */
export interface Watched {
  tenantId: string;
  botId: string;
  id: string;
}

/** Who watches, by which session. */
export interface Watcher {
  userId: string;
  sessionKey: string;
}

/** How it stands. */
export interface Told<News> {
  news: News;
  /** Of the news themselves, so that every process gives the same. */
  id: string;
  /** Nothing will follow. */
  last?: boolean;
}

/** What a stream gets. `end`: nothing more will come. `renew`: ask again, from a new connection. */
export interface Listener<News> {
  news(news: News, id: string): void;
  heartbeat(): void;
  end(): void;
  renew(): void;
}

export interface LiveStreamsDeps<News> {
  /** How each of them stands, in their order; null: it is gone. */
  look: (watched: Watched[]) => Promise<(Told<News> | null)[]>;
  /** The tenant each session belongs to now; sessions that ended, and people who are suspended or gone, are left out. */
  tenantsOfSessions: (sessionKeys: string[]) => Promise<Map<string, string>>;
  seats: Seats;
  turnMs: number;
  /** Where nothing happens it is looked at less and less often, at last every so many turns. */
  slowestTurns: number;
}

interface Stream<News> extends Watcher {
  listener: Listener<News>;
  tenantId: string;
  seen: string;
  beatsAtMs: number;
  endsAtMs: number;
}

/** Something that is watched, by one or more. */
interface Topic<News> {
  watched: Watched;
  streams: Set<Stream<News>>;
  dueInTurns: number;
  pauseTurns: number;
  told: Told<News> | null;
  first: { atMs: number; told: Promise<Told<News> | null> } | null;
}

const MAX_STREAMS_PER_USER = 6;
const HEARTBEAT_MS = 15_000;
/** R36: whoever vanished without a word is gone after this. Browsers come again. */
const LIFETIME_MS = 55_000;
const RETRY_SECONDS = 5;

/** How many streams a person has in this process, whatever they watch. */
export function createSeats() {
  const taken = new Map<string, number>();
  return {
    /** @throws TooManyRequestsError when the person watches too many. */
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

export type Seats = ReturnType<typeof createSeats>;

const keyOf = ({ tenantId, botId, id }: Watched): string => `${tenantId} ${botId} ${id}`;

/**
 * Who watches what. It is looked at in turns, once for all who watch the same, and told when it changed; whose business it
 * is, is asked again each time, in one question for all (S10). While nobody watches, nothing is asked.
 */
export function createLiveStreams<News>({ look, tenantsOfSessions, seats, turnMs, slowestTurns }: LiveStreamsDeps<News>) {
  const topics = new Map<string, Topic<News>>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let closed = false;

  /** The same answer for all who come within a turn. */
  function firstLook(topic: Topic<News>): Promise<Told<News> | null> {
    if (topic.first && Date.now() - topic.first.atMs < turnMs * 0.9) return topic.first.told;
    const told = look([topic.watched]).then(([found = null]) => found);
    topic.first = { atMs: Date.now(), told };
    told.catch(() => {
      topic.first = null;
    });
    return told;
  }

  function tell(stream: Stream<News>, topic: Topic<News>, told: Told<News> | null): void {
    if (told && told.id !== stream.seen) stream.listener.news(told.news, told.id);
    stream.seen = told?.id ?? '';
    if (!told || told.last) finish(stream, topic, 'end');
  }

  async function publish(due: Topic<News>[]): Promise<void> {
    // Who joins meanwhile is told by their own first look.
    const asked = due.map((topic) => ({ topic, streams: [...topic.streams] }));
    const tenants = await tenantsOfSessions([
      ...new Set(asked.flatMap(({ streams }) => streams.map(({ sessionKey }) => sessionKey))),
    ]);
    const found = await look(due.map(({ watched }) => watched));
    for (const [at, { topic, streams }] of asked.entries()) {
      const told = found[at] ?? null;
      topic.pauseTurns = told?.id === topic.told?.id ? Math.min(2 * topic.pauseTurns, slowestTurns) : 1;
      topic.dueInTurns = topic.pauseTurns;
      topic.told = told;
      for (const stream of streams) {
        const isTheirs = tenants.get(stream.sessionKey) === stream.tenantId;
        if (topic.streams.has(stream)) tell(stream, topic, isTheirs ? told : null);
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
    // The database may be away for a moment: the next turn tells.
    publish(due)
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }

  function keepAlive(stream: Stream<News>, topic: Topic<News>, nowMs: number): void {
    if (nowMs >= stream.endsAtMs) finish(stream, topic, 'renew');
    else if (nowMs >= stream.beatsAtMs) {
      stream.beatsAtMs = nowMs + HEARTBEAT_MS;
      stream.listener.heartbeat();
    }
  }

  function stop(stream: Stream<News>, topic: Topic<News>): boolean {
    if (!topic.streams.delete(stream)) return false;
    seats.leave(stream.userId);
    if (topic.streams.size === 0) topics.delete(keyOf(topic.watched));
    if (topics.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    return true;
  }

  function finish(stream: Stream<News>, topic: Topic<News>, how: 'end' | 'renew'): void {
    if (stop(stream, topic)) stream.listener[how]();
  }

  return {
    /**
     * Begins to tell; the function it gives ends that. `seen`: the id of the last news that was heard, which is not told
     * again. The request itself has just been found to be this tenant's. @throws TooManyRequestsError
     */
    watch({ userId, sessionKey }: Watcher, watched: Watched, listener: Listener<News>, seen = ''): () => void {
      if (closed) throw new AppError(503, 'errors.unavailable');
      seats.take(userId);
      const nowMs = Date.now();
      const times = { beatsAtMs: nowMs + HEARTBEAT_MS, endsAtMs: nowMs + LIFETIME_MS };
      const stream = { userId, sessionKey, tenantId: watched.tenantId, listener, seen, ...times };
      const topic = topics.get(keyOf(watched)) ?? newTopic<News>(watched);
      topics.set(keyOf(watched), topic);
      topic.streams.add(stream);
      timer ??= setInterval(turn, turnMs);
      firstLook(topic).then(
        (told) => topic.streams.has(stream) && tell(stream, topic, told),
        () => {},
      );
      return () => void stop(stream, topic);
    },

    /** The process ends: browsers come again, to another one or when it is back. */
    close(): void {
      closed = true;
      for (const topic of topics.values()) for (const stream of topic.streams) finish(stream, topic, 'renew');
    },
  };
}

const newTopic = <News>(watched: Watched): Topic<News> => ({
  watched,
  streams: new Set(),
  dueInTurns: 1,
  pauseTurns: 1,
  told: null,
  first: null,
});

export type LiveStreams<News> = ReturnType<typeof createLiveStreams<News>>;
