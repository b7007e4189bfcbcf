import type { KnowledgeSearch } from '#answering/knowledge-search.ts';
import type { BusinessFacts } from '#core/business-facts.ts';
import { factConflicts } from '#core/importing/fact-conflicts.ts';
import { createComparison, type Note } from '#core/importing/note.ts';
import { pastDateIn } from '#core/importing/past-date.ts';
import { dayIn } from '#core/time.ts';

interface Deps {
  search: Pick<KnowledgeSearch, 'search'>;
  versionOf: (tenantId: string, botId: string) => Promise<number>;
}

export interface SavedEntry {
  id: string;
  title: string;
  content: string;
  validUntil?: Date | null | undefined;
}

/** What was saved of the business facts; null: nothing yet. */
export type SavedFacts = { facts: BusinessFacts | null; timeZone: string } | null;

interface OfBot {
  tenantId: string;
  botId: string;
}

/** Compared with the most similar entries only, so that a save takes as long with much knowledge as with little. */
const MOST_SIMILAR = 12;
const QUERY_CHARS = 300;
const MOST_NOTES = 3;
const MOST_LINES = 6;
/** Finds the entries about what the facts say, in any language. */
const FACT_QUERIES = ['ish vaqti режим работы opening hours', 'yetkazib berish narxi цена доставки delivery price'];

/** What an owner should look at after a save. Nothing of it stops the save. */
export function createNotesAtSave({ search, versionOf }: Deps) {
  async function similar({ tenantId, botId }: OfBot, queries: readonly string[]) {
    const knowledgeVersion = await versionOf(tenantId, botId);
    const asked = queries.map((query) => search.search({ tenantId, botId, knowledgeVersion, query, limit: MOST_SIMILAR }));
    return [...new Map((await Promise.all(asked)).flat().map((hit) => [hit.id, hit])).values()];
  }

  return {
    async ofEntry(of: OfBot, entry: SavedEntry, facts: SavedFacts, zone: string, now: Date): Promise<Note[]> {
      const hits = await similar(of, queriesOf(entry));
      const others = hits.filter(({ id }) => id !== entry.id);
      const past = entry.validUntil ? null : pastDateIn(`${entry.title}\n${entry.content}`, dayIn(now, facts?.timeZone ?? zone));
      const conflicts = facts?.facts ? factConflicts(entry, facts.facts) : [];
      return [
        ...createComparison(others).notesOf(entry),
        ...conflicts.map(({ line, fact }): Note => ({ kind: 'other_fact', line, other: fact })),
        ...(past === null ? [] : [{ kind: 'past_date' as const, date: past }]),
      ].slice(0, MOST_NOTES);
    },

    async ofFacts(of: OfBot, facts: BusinessFacts): Promise<Note[]> {
      return (await similar(of, FACT_QUERIES))
        .flatMap((entry) =>
          factConflicts(entry, facts).map(
            ({ line, fact }): Note => ({ kind: 'other_number', with: entry.title, line: fact, other: line }),
          ),
        )
        .slice(0, MOST_NOTES);
    },
  };
}

/** What it is about, and what its first lines with numbers are about. */
const queriesOf = ({ title, content }: SavedEntry): string[] => [
  title,
  `${title} ${content.slice(0, QUERY_CHARS)}`,
  ...content
    .split('\n')
    .filter((line) => /\d/.test(line) && line.length <= QUERY_CHARS)
    .slice(0, MOST_LINES)
    .map((line) => line.replace(/\d[\d .,]*/g, ' ')),
];

export type NotesAtSave = ReturnType<typeof createNotesAtSave>;
