import { LRUCache } from 'lru-cache';

const MAX_REVOKED = 1_000;
// By then the database knows, and nothing more is saved to be sent. Not longer: the owner may start the bot again.
const REVOKED_MS = 2_000;

type Tell = (connectionId: string, ms: number) => void;

/**
 * Which connections were told by their platform to wait, and until when (R28): one call that is refused so speaks for all of
 * the bot's, replies and broadcasts alike. Who is interested hears of it by `on`, such as the other processes.
 */
export function createSendPauses(now: () => number = Date.now) {
  const untilMs = new Map<string, number>();
  const revoked = new LRUCache<string, true>({ max: MAX_REVOKED, ttl: REVOKED_MS });
  const listeners: Tell[] = [];

  /** Heard from elsewhere. */
  function note(connectionId: string, ms: number): void {
    untilMs.set(connectionId, Math.max(untilMs.get(connectionId) ?? 0, now() + ms));
  }

  return {
    note,

    /** The platform said so to us. */
    pause(connectionId: string, ms: number): void {
      note(connectionId, ms);
      for (const tell of listeners) tell(connectionId, ms);
    },

    /** How long nothing may be sent on the connection, 0 when it may. */
    waitMs(connectionId: string): number {
      const leftMs = (untilMs.get(connectionId) ?? 0) - now();
      if (leftMs <= 0) untilMs.delete(connectionId);
      return Math.max(0, leftMs);
    },

    /** R26: the platform just refused these credentials, named by how they are stored; what is on its way need not be refused too. */
    revoke: (sealedSecrets: string): void => void revoked.set(sealedSecrets, true),
    isRevoked: (sealedSecrets: string): boolean => revoked.has(sealedSecrets),

    on: (tell: Tell): void => void listeners.push(tell),
  };
}

export type SendPauses = ReturnType<typeof createSendPauses>;
