/** What the customer reads of a correction: the lines that are new in the entry, or all of it when it is new. */
export function correctionText(before: string, after: string): string {
  const known = new Set(linesOf(before));
  const added = linesOf(after).filter((line) => !known.has(line));
  return (added.length > 0 ? added : linesOf(after)).join('\n');
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
