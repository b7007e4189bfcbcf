import { setTimeout as sleep } from 'node:timers/promises';
import { createSemaphore } from '#platform/semaphore.ts';
import type { BotIndex } from './bot-index.ts';
import type { EntryState, KnowledgeSource } from './knowledge-source.ts';

export interface Owner {
  tenantId: string;
  botId: string;
}

export interface IndexUnderWork {
  index: BotIndex;
  /** `titles`: of the entries' titles and beginnings alone. */
  kind: 'here' | 'thread' | 'titles';
  /** By entry, as indexed. */
  stamps: Map<string, string>;
}

// S69 (memory): a tenant's indexes are built one after the other.
const MAX_BUILDS = 4;
/** Each takes a core. */
const MAX_THREAD_BUILDS = 1;
/** Entries per read. */
const BATCH = 50;
/** A tenant's builds in threads take half of the time at most. A shorter one needs no rest. */
const REST_AFTER_MS = 500;
const MOST_REST_MS = 10_000;

/** The work of bringing indexes up to date: so much at once, of one tenant one at a time. */
export function createIndexBuilds({ source }: { source: KnowledgeSource }) {
  const here = createSemaphore(MAX_BUILDS, 1);
  const inThreads = createSemaphore(MAX_THREAD_BUILDS, 1);
  const restsUntilMs = new Map<string, number>();

  async function bring(
    { index, stamps }: IndexUnderWork,
    whose: Owner,
    states: readonly EntryState[],
    isSuperseded: () => boolean,
  ) {
    const wanted = new Map(states.map(({ id, stamp }) => [id, stamp]));
    const gone = [...stamps.keys()].filter((id) => !wanted.has(id));
    if (gone.length > 0) await index.remove(gone);
    for (const id of gone) stamps.delete(id);
    const changed = [...wanted].filter(([id, stamp]) => stamps.get(id) !== stamp).map(([id]) => id);
    for (let from = 0; from < changed.length; from += BATCH) {
      if (isSuperseded()) return false;
      for (const { stamp, ...entry } of await source.texts(whose.tenantId, whose.botId, changed.slice(from, from + BATCH))) {
        if (isSuperseded()) return false;
        await index.put(entry);
        stamps.set(entry.id, stamp);
      }
    }
    return true;
  }

  /** A tenant that edits much leaves time to the others. */
  function rest(tenantId: string, workedMs: number): void {
    if (workedMs < REST_AFTER_MS) return;
    const endsMs = performance.now() + Math.min(MOST_REST_MS, workedMs);
    restsUntilMs.set(tenantId, endsMs);
    setTimeout(() => restsUntilMs.get(tenantId) === endsMs && restsUntilMs.delete(tenantId), endsMs - performance.now()).unref();
  }

  return {
    /** False: a newer version is wanted by now. What was done counts. */
    async run(
      target: IndexUnderWork,
      whose: Owner,
      states: readonly EntryState[],
      isSuperseded: () => boolean,
    ): Promise<boolean> {
      const free = await (target.kind === 'thread' ? inThreads : here).take(undefined, whose.tenantId);
      const beganMs = performance.now();
      try {
        return await bring(target, whose, states, isSuperseded);
      } finally {
        free?.();
        if (target.kind === 'thread') rest(whose.tenantId, performance.now() - beganMs);
      }
    },

    async rested(tenantId: string): Promise<void> {
      const ms = (restsUntilMs.get(tenantId) ?? 0) - performance.now();
      if (ms > 0) await sleep(ms, undefined, { ref: false });
    },
  };
}
