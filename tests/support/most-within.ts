/** The most of these moments within any such time. */
export function mostWithin(timesMs: number[], withinMs: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((found, at, index) => {
    while ((sorted[first] as number) <= at - withinMs) first += 1;
    return Math.max(found, index - first + 1);
  }, 0);
}
