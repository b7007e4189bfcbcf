import { meaningOf } from './same-question.ts';

export interface MergeableQuestion {
  id: string;
  /** Of whoever asked first. */
  words: string;
  createdAt: Date;
  /** It was answered before, so there is an entry of it. */
  hasEntry: boolean;
}

export interface MergedPair {
  from: string;
  into: string;
}

/** More are no wordings of one question: the model has misunderstood, or a customer told it what to do. */
const MOST_OF_GROUP = 12;

/**
 * Which questions go into which, by the groups of ids that a model named. Questions that differ in a number or another detail stay
 * apart, whatever the model says. The oldest one stays, or the one with an entry; of two with an entry both do.
 */
export function mergedPairs(groups: readonly (readonly string[])[], questions: readonly MergeableQuestion[]): MergedPair[] {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const taken = new Set<string>();
  return groups.flatMap((ids) => {
    const named = [...new Set(ids)].flatMap((id) => (taken.has(id) ? [] : (byId.get(id) ?? [])));
    if (named.length < 2 || named.length > MOST_OF_GROUP) return [];
    for (const { id } of named) taken.add(id);
    const alike = Map.groupBy(named, ({ words }) => meaningOf(words).details);
    return [...alike.values()].flatMap(pairsOf);
  });
}

function pairsOf(questions: readonly MergeableQuestion[]): MergedPair[] {
  const [into, ...others] = questions.toSorted(
    (a, b) => Number(b.hasEntry) - Number(a.hasEntry) || a.createdAt.getTime() - b.createdAt.getTime(),
  );
  return into ? others.filter(({ hasEntry }) => !hasEntry).map(({ id }) => ({ from: id, into: into.id })) : [];
}
