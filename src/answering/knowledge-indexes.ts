import { setTimeout as sleep } from 'node:timers/promises';
import { type BotIndex, createTurns } from './bot-index.ts';
import { createIndexBuilds, type Owner } from './index-builds.ts';
import { createIndexInThread, IndexLostError } from './index-in-thread.ts';
import type { IndexAnswers, IndexQuestion, IndexQuestions } from './index-questions.ts';
import { createKeptIndexes, HEAVY_BYTES, type KnownIndex, MAX_CACHED_BYTES, NO_VERSION } from './kept-indexes.ts';
import type { EntryState, KnowledgeSource } from './knowledge-source.ts';
import { indexOfTitles } from './title-index.ts';

export interface Whose extends Owner {
  /** Rises with every change, so that an older index is not used. */
  knowledgeVersion: number;
}

export interface IndexesDeps {
  source: KnowledgeSource;
  maxBytes?: number;
  /** S69 (memory): more knowledge is indexed in a thread of its own. */
  heavyBytes?: number;
  inThread?: () => BotIndex;
  /** The index of this bot could not be built. It answers from its older one, or from the titles. */
  onLost?: (whose: Whose, error: Error) => void;
}

/** An answer waits this long for an update, so that an edit counts at once; then the old index answers. */
const WAIT_MS = 150;
/** And so long for a first index; then the titles answer. */
const FIRST_WAIT_MS = 3_000;

const keyOf = ({ tenantId, botId }: Owner): string => `${tenantId}:${botId}`;

/**
 * One search index per bot, changed entry by entry. An update reads the stamps of all entries and the texts of those whose stamp
 * differs, so it sees every change that was committed before it began, by whatever process and in whatever order.
 */
export function createKnowledgeIndexes({
  source,
  maxBytes = MAX_CACHED_BYTES,
  heavyBytes = HEAVY_BYTES,
  inThread = createIndexInThread,
  onLost = () => {},
}: IndexesDeps) {
  /** At most one update per bot. */
  const updates = new Map<string, Promise<KnownIndex>>();
  /** The newest version asked for, by bot with an update. */
  const wanted = new Map<string, number>();
  const firsts = new Map<string, Promise<KnownIndex>>();
  const builds = createIndexBuilds({ source });
  const turns = createTurns();
  const kept = createKeptIndexes({ maxBytes, heavyBytes, inThread, turns });

  async function update(key: string, whose: Whose, wantedNow: () => number): Promise<KnownIndex> {
    let target: KnownIndex | undefined;
    try {
      for (;;) {
        const version = wantedNow();
        const states = await source.states(whose.tenantId, whose.botId, new Date());
        target ??= kept.targetFor(key, states);
        const done = { version, endsAtMs: firstEndOf(states) };
        if (await builds.run(target, whose, states, () => wantedNow() > version)) return Object.assign(target, done);
      }
    } catch (error) {
      if (target && target !== kept.peek(key)) target.index.close();
      throw error;
    }
  }

  /** What is left of a lost index counts as this version, so that it is tried again only after the next change. */
  async function withoutLost(key: string, whose: Whose, version: number, error: unknown): Promise<KnownIndex> {
    if (!(error instanceof IndexLostError)) throw error;
    onLost(whose, error);
    const known = kept.peek(key);
    if (known && (await isAlive(known))) return Object.assign(known, { version, endsAtMs: Infinity });
    kept.forgetThread(key);
    return titlesOf(whose, version);
  }

  const titlesOf = async (whose: Whose, version: number): Promise<KnownIndex> => ({
    version,
    kind: 'titles',
    index: await indexOfTitles(source, turns, whose),
    stamps: new Map(),
  });

  function updating(key: string, whose: Whose): Promise<KnownIndex> {
    wanted.set(key, Math.max(wanted.get(key) ?? 0, whose.knowledgeVersion));
    const wantedNow = (): number => wanted.get(key) ?? 0;
    const running = updates.get(key);
    if (running) return running;
    const started = (kept.peek(key)?.kind === 'thread' ? builds.rested(whose.tenantId) : Promise.resolve())
      .then(() => update(key, whose, wantedNow))
      .catch((error: unknown) => withoutLost(key, whose, wantedNow(), error))
      .then((known) => kept.keep(key, known))
      .finally(() => {
        updates.delete(key);
        wanted.delete(key);
      });
    updates.set(key, started);
    return started;
  }

  /** The titles answer while a first index takes long. */
  function first(key: string, whose: Whose): Promise<KnownIndex> {
    const known = firsts.get(key) ?? firstWithin(key, whose).finally(() => firsts.delete(key));
    firsts.set(key, known);
    return known;
  }

  async function firstWithin(key: string, whose: Whose): Promise<KnownIndex> {
    const inTime = await within(updating(key, whose), FIRST_WAIT_MS);
    if (inTime) return inTime;
    const titles = await titlesOf(whose, NO_VERSION);
    // The update may have ended meanwhile.
    return kept.peek(key) ?? kept.keep(key, titles);
  }

  /**
   * The index of at least this version of the bot's knowledge. An older one while an update takes long.
   * `tenantId` stands in the key: a bot's id alone never opens another tenant's index.
   */
  async function of(whose: Whose): Promise<KnownIndex> {
    const key = keyOf(whose);
    const giveUpMs = performance.now() + WAIT_MS;
    // A build that is under way hears of the newer version at once, a first one too.
    if (updates.has(key)) void updating(key, whose);
    let known = kept.get(key) ?? (await first(key, whose));
    while (known.version < whose.knowledgeVersion || hasEnded(known)) {
      const inTime = await within(updating(key, whose), giveUpMs - performance.now());
      if (!inTime) break;
      known = inTime;
    }
    return known;
  }

  return {
    async ask<Kind extends IndexQuestion>(whose: Whose, kind: Kind, question: IndexQuestions[Kind]): Promise<IndexAnswers[Kind]> {
      const known = await of(whose);
      try {
        return await known.index.ask(kind, question);
      } catch (error) {
        if (!(error instanceof IndexLostError)) throw error;
        // Its thread died since, or it had to make room.
        if (kept.peek(keyOf(whose)) === known) kept.forgetThread(keyOf(whose));
        return (await of(whose)).index.ask(kind, question);
      }
    },

    /** Only the titles and beginnings of this bot's entries are searched. */
    isOfTitles: (tenantId: string, botId: string): boolean => {
      const known = kept.peek(keyOf({ tenantId, botId }));
      return known?.kind === 'titles' && known.version > NO_VERSION;
    },
  };
}

const firstEndOf = (states: readonly EntryState[]): number =>
  states.reduce((first, { endsAt }) => Math.min(first, endsAt?.getTime() ?? Infinity), Infinity);

/** One of its entries is not right any more. */
const hasEnded = ({ endsAtMs = Infinity }: KnownIndex): boolean => endsAtMs <= Date.now();

async function isAlive({ index }: KnownIndex): Promise<boolean> {
  return index.ask('byId', { id: '' }).then(
    () => true,
    () => false,
  );
}

async function within(update: Promise<KnownIndex>, ms: number): Promise<KnownIndex | null> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([update, sleep(Math.max(0, ms), null, { signal })]);
  } finally {
    waiting.abort();
  }
}
