/** At most `most` replies of one connection run at once, so that one that hangs or is flooded leaves room for the others. */
export function createFairShares({ most, mostOfOneClaim }: { most: number; mostOfOneClaim: number }) {
  const underWay = createTally();
  let behind = new Set<string>();

  return {
    begin: underWay.add,
    end: underWay.remove,

    full: (): string[] => underWay.atLeast(most),

    /** `full` were left out. Returns whether a group may have more work than this claim took. */
    claimed(groups: (string | null)[], full: string[]): boolean {
      const tally = createTally();
      for (const group of groups) tally.add(group);
      const more = tally.atLeast(mostOfOneClaim);
      behind = new Set([...full, ...more]);
      return more.length > 0;
    },

    /** The connections that can begin without waiting, with `room` for all. */
    roomFor(wishes: ReadonlyMap<string, number>, room: number): string[] {
      let left = room;
      return [...wishes].flatMap(([group, count]) => {
        const fits = count <= left && !behind.has(group) && underWay.of(group) + count <= most;
        if (fits) left -= count;
        else behind.add(group);
        return fits ? [group] : [];
      });
    },
  };
}

export type FairShares = ReturnType<typeof createFairShares>;

function createTally() {
  const counts = new Map<string, number>();
  return {
    add(group: string | null): void {
      if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
    },
    remove(group: string | null): void {
      if (group === null) return;
      const left = (counts.get(group) ?? 0) - 1;
      if (left > 0) counts.set(group, left);
      else counts.delete(group);
    },
    of: (group: string): number => counts.get(group) ?? 0,
    atLeast: (least: number): string[] => [...counts].filter(([, count]) => count >= least).map(([group]) => group),
  };
}
