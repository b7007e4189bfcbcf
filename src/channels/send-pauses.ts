import { LRUCache } from 'lru-cache';

const MAX_REVOKED = 1_000;
// By then the database has the state and stops new sends. Not longer, because the owner may start the bot again.
const REVOKED_MS = 2_000;
const MAX_CHATS = 10_000;
// Longer waits are the slow modes of two groups at once, which concern nobody else.
const MAX_BY_CHATS_MS = 60_000;

type Tell = (connectionId: string, ms: number) => void;

/**
 * R28 (Telegram 429): one refused call pauses all sends of the bot; of a chat with limits of its own, only that chat's.
 * `on` passes pauses on, e.g. to other processes.
 */
export function createSendPauses(now: () => number = Date.now) {
  const untilMs = new Map<string, number>();
  const revoked = new LRUCache<string, true>({ max: MAX_REVOKED, ttl: REVOKED_MS });
  const listeners: Tell[] = [];
  const chats = new LRUCache<string, { connectionId: string; untilMs: number }>({ max: MAX_CHATS });

  /** A pause that another process saw. */
  function note(connectionId: string, ms: number): void {
    untilMs.set(connectionId, Math.max(untilMs.get(connectionId) ?? 0, now() + ms));
  }

  function pause(connectionId: string, ms: number): void {
    note(connectionId, ms);
    for (const tell of listeners) tell(connectionId, ms);
  }

  return {
    note,
    pause,

    /** A second chat that has to wait at the same time shows that it is the bot's limit. */
    pauseChat(connectionId: string, chatId: string, ms: number): void {
      const key = keyOf(connectionId, chatId);
      const others = [...chats.entries()].flatMap(([other, { connectionId: of, untilMs: until }]) =>
        of === connectionId && other !== key ? [until - now()] : [],
      );
      chats.set(key, { connectionId, untilMs: Math.max(chats.get(key)?.untilMs ?? 0, now() + ms) });
      const bothMs = Math.min(ms, Math.max(0, ...others), MAX_BY_CHATS_MS);
      if (bothMs > 0) pause(connectionId, bothMs);
    },

    waitMs(connectionId: string, chatId = ''): number {
      const leftMs = (untilMs.get(connectionId) ?? 0) - now();
      if (leftMs <= 0) untilMs.delete(connectionId);
      const chatMs = (chats.get(keyOf(connectionId, chatId))?.untilMs ?? 0) - now();
      return Math.max(0, leftMs, chatMs);
    },

    /** R26 (Telegram 401, a revoked token): stops further sends with these credentials, named by their sealed form. */
    revoke: (sealedSecrets: string): void => void revoked.set(sealedSecrets, true),
    isRevoked: (sealedSecrets: string): boolean => revoked.has(sealedSecrets),

    on: (tell: Tell): void => void listeners.push(tell),
  };
}

const keyOf = (connectionId: string, chatId: string): string => `${connectionId} ${chatId}`;

export type SendPauses = ReturnType<typeof createSendPauses>;
