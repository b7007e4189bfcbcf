import type { Note } from './note.ts';

interface OfPage {
  id: string;
  title: string;
  content: string;
}
interface Read {
  title: string;
  content: string;
  notes: Note[];
}

const MAX_LINE = 120;

/**
 * What a page says otherwise than the entries that came from it: unchanged drafts are left out, and one under the title of an entry
 * changes that entry.
 */
export function changedDrafts<Draft extends Read>(
  drafts: readonly Draft[],
  entries: readonly OfPage[],
): (Draft & { entryId?: string })[] {
  const contents = new Set(entries.map(({ content }) => content));
  const byTitle = new Map(entries.map((entry) => [entry.title, entry]));
  return drafts
    .filter(({ content }) => !contents.has(content))
    .map((draft) => {
      const entry = byTitle.get(draft.title);
      if (!entry) return draft;
      byTitle.delete(draft.title);
      // It is like the entry that it changes.
      const notes = draft.notes.filter(({ kind }) => kind !== 'duplicate' && kind !== 'other_number');
      return { ...draft, entryId: entry.id, notes: [changeOf(draft, entry), ...notes] };
    });
}

/** The first line that differs; '' for a line that was added or is gone. */
function changeOf(draft: Read, entry: OfPage): Note {
  const [now, before] = [draft.content.split('\n'), entry.content.split('\n')];
  const line = now.find((one) => !before.includes(one)) ?? '';
  const other = before.find((one) => !now.includes(one)) ?? '';
  return { kind: 'changed', line: line.slice(0, MAX_LINE), other: other.slice(0, MAX_LINE) };
}
