import { diffLines, diffWordsWithSpace } from 'diff';

export interface DiffPart {
  text: string;
  kind: 'same' | 'added' | 'removed';
}

/** Two long texts without a word in common would take seconds. */
const MAX_MS = 50;

/** What changed, word by word; of texts that differ too much, line by line, and at worst as a whole. */
export function wordDiff(before: string, after: string): DiffPart[] {
  const parts = diffWordsWithSpace(before, after, { timeout: MAX_MS }) ??
    diffLines(before, after, { timeout: MAX_MS }) ?? [
      { value: before, removed: true },
      { value: after, added: true },
    ];
  return parts.map(({ value, added, removed }) => ({ text: value, kind: added ? 'added' : removed ? 'removed' : 'same' }));
}
