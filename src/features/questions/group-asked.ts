import { LRUCache } from 'lru-cache';
import { type Meaning, meaningOf, sameMeaning } from '#core/same-question.ts';
import type { Asked, Grouped, KnownQuestion } from './grouping.repo.ts';

const OPEN_KINDS = ['unknown', 'partial', 'no_answer'];
const WORDS_COMPARED = 3;

// The known questions of a bot are compared again with each new one.
const remembered = new LRUCache<string, Meaning>({ max: 10_000 });

function rememberedMeaningOf(words: string): Meaning {
  const known = remembered.get(words);
  if (known) return known;
  const meaning = meaningOf(words);
  remembered.set(words, meaning);
  return meaning;
}

type Candidate = Omit<KnownQuestion, 'words'> & { meanings: Meaning[]; isNew: boolean };

/** Puts each asked question to a known one of the same meaning, or makes a new one. Requests for a person are left out. */
export function groupAsked(asked: Asked[], known: KnownQuestion[], newId: () => string): Grouped[] {
  const candidates: Candidate[] = known.map(({ words, ...question }) => ({
    ...question,
    meanings: words.map(rememberedMeaningOf),
    isNew: false,
  }));
  return asked.filter(isOpenQuestion).map((one) => {
    const meaning = rememberedMeaningOf(one.question);
    let found = candidates.find(({ meanings }) => meanings.some((other) => sameMeaning(meaning, other)));
    if (!found) {
      found = { id: newId(), state: 'open', round: 1, answeredAt: null, meanings: [], isNew: true };
      candidates.unshift(found);
    }
    if (found.meanings.length < WORDS_COMPARED) found.meanings.push(meaning);
    const reopens = found.state === 'answered' && one.createdAt > (found.answeredAt as Date);
    if (reopens) Object.assign(found, { state: 'open', round: found.round + 1 });
    return { asked: one, questionId: found.id, isNew: found.isNew, reopens, round: found.round };
  });
}

const isOpenQuestion = ({ kind, question }: Asked): boolean => OPEN_KINDS.includes(kind) && question.trim() !== '';
