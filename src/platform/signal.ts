/** Something happened in this process; whoever listens is called at once. */
export function createSignal() {
  const listeners: (() => void)[] = [];
  return {
    on(listener: () => void): void {
      listeners.push(listener);
    },
    give(): void {
      for (const listener of listeners) listener();
    },
  };
}
