/** What a test or the demo can make go wrong, per bot and method. */
export type Fault =
  | { kind: 'error'; status: number; description: string; retryAfterSeconds?: number }
  /** A proxy's page in place of JSON. */
  | { kind: 'html'; status: number }
  /** Takes the request and never answers. */
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'latency'; ms: number };

export interface FaultRule {
  /** Absent: every bot, every method. */
  botId?: number;
  method?: string;
  /** Calls about that chat. */
  chatId?: number;
  /** How many calls it hits; absent: all until cleared. */
  times?: number;
  fault: Fault;
}

/** The faults switched on now. */
export function createFaults() {
  let rules: FaultRule[] = [];
  return {
    add(rule: FaultRule): void {
      rules.push({ ...rule });
    },
    clear(botId?: number): void {
      rules = botId === undefined ? [] : rules.filter((rule) => rule.botId !== botId);
    },
    /** The fault this call meets, used up by one. */
    take(botId: number, method: string, chatId?: unknown): Fault | null {
      const rule = rules.find(
        (r) =>
          (r.botId ?? botId) === botId &&
          (r.method ?? method) === method &&
          (r.chatId === undefined || r.chatId === Number(chatId)),
      );
      if (!rule) return null;
      if (rule.times !== undefined) {
        rule.times -= 1;
        if (rule.times <= 0) rules = rules.filter((other) => other !== rule);
      }
      return rule.fault;
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;

/** The common ones, by name. */
export const faults = {
  tooMany: (retryAfterSeconds: number): Fault => ({
    kind: 'error',
    status: 429,
    description: `Too Many Requests: retry after ${retryAfterSeconds}`,
    retryAfterSeconds,
  }),
  badGateway: { kind: 'html', status: 502 } as Fault,
  hang: { kind: 'hang' } as Fault,
  reset: { kind: 'reset' } as Fault,
  conflict: {
    kind: 'error',
    status: 409,
    description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  } as Fault,
  latency: (ms: number): Fault => ({ kind: 'latency', ms }),
};
