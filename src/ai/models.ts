/** A retired model is not asked again before this; then once more, for a mistake on Google's side heals too. */
const FORGET_AFTER_MS = 60 * 60 * 1000;

/** Which model to ask: the first that is not known to be retired. `onRetired` hears of each, once an hour at most. */
export function createModels(names: readonly string[], onRetired: (name: string) => void) {
  const retiredUntil = new Map<string, number>();

  return {
    /** Null when all are retired. */
    current: (nowMs: number): string | null => names.find((name) => (retiredUntil.get(name) ?? 0) <= nowMs) ?? null,

    retire(name: string, nowMs: number): void {
      const known = (retiredUntil.get(name) ?? 0) > nowMs;
      retiredUntil.set(name, nowMs + FORGET_AFTER_MS);
      if (!known) onRetired(name);
    },
  };
}

export type Models = ReturnType<typeof createModels>;
