/** A retired model is tried again after this, because Google may correct a mistake. */
const FORGET_AFTER_MS = 60 * 60 * 1000;

/** Preferred model first. `onRetired` is called at most once an hour per model. */
export function createModels(names: readonly string[], onRetired: (name: string) => void) {
  const retiredUntil = new Map<string, number>();

  return {
    available: (nowMs: number): string[] => [...new Set(names)].filter((name) => (retiredUntil.get(name) ?? 0) <= nowMs),

    retire(name: string, nowMs: number): void {
      const known = (retiredUntil.get(name) ?? 0) > nowMs;
      retiredUntil.set(name, nowMs + FORGET_AFTER_MS);
      if (!known) onRetired(name);
    },
  };
}

export type Models = ReturnType<typeof createModels>;
