import { notionsByWord } from './notions.ts';
import { informativeWords } from './stop-words.ts';
import { tokenize } from './tokenize.ts';

/** A customer's message, with their turn before it. */
export interface SearchQuery {
  text: string;
  before?: string | undefined;
}

/** What is searched for: the words of a message, and in part those of the turn before it when the message leans on it. */
export interface WeighedQuery {
  /** Words and notions for ranking, by how much they count. */
  weights: ReadonlyMap<string, number>;
  /** The words that a fitting text must share, with what they speak of. */
  asked: readonly { word: string; notions: readonly string[]; weight: number }[];
}

/** A customer's longest message asks for no more than its first words do. */
const MAX_QUERY_WORDS = 100;
/** A message of so few informative words may be the end of a longer question. */
const SHORT_WORDS = 2;
/** @names and /commands@names say nothing about what is asked. */
const MENTION = /(?<!\S)(?:\/\w+)?@\w+/g;
/** "How much is it?" says nothing itself; "and the chocolate one?" replaces a word of what was asked before. */
const WEIGHT_OF_ALL_BEFORE = 1;
const WEIGHT_OF_SOME_BEFORE = 0.5;

/** What is asked of a thing: it needs the thing. */
const ATTRIBUTES = new Set(
  `#price #duration #size #colour #free #paid #original #copy #new #used #minimum #age #women #men #children #ready #start #photo #ingredients
   #evening #morning #night #quality #monday #tuesday #wednesday #thursday #friday #saturday #sunday #hours`.split(/\s+/),
);
// Folded. The first begin a message that goes on; the others stand for something said before.
const GOES_ON = new Set(['a', 'va', 'i', 'and', 'unda', 'yana', 'togda']);
const POINTS_BACK = new Set(
  'shu bu osha shuni buni oshani uni uning shuning eto etot etogo ego ee nego nee nih ih it that this those these them one ones ular'.split(
    ' ',
  ),
);

// "Prices?" and "working hours?" ask of the business, while "its price?" goes on with what was spoken of.
const LIST_OF_PRICES = /^(?:narhlar\w*|navo|seni|rassenk\w*|prays\w*|prices|pricelist|list|royhat\w*|spisok)$/;
const WORK = /^(?:ish|ishla\w*|rabot\w*|open\w*|working|ochik\w*|otkri\w*|grafik|rejim)$/;

export function weighQuery({ text, before }: SearchQuery): WeighedQuery {
  const own = partOf(text, 1);
  const weight = before ? weightOfBefore(own) : 0;
  return weight === 0 || !before ? own : joined(own, partOf(before, weight));
}

type Part = WeighedQuery & { words: readonly string[] };

function partOf(text: string, weight: number): Part {
  const words = tokenize(text.replace(MENTION, ' ')).slice(0, MAX_QUERY_WORDS);
  const notions = notionsByWord(words);
  const weights = new Map<string, number>();
  for (const word of words) weights.set(word, (weights.get(word) ?? 0) + weight);
  for (const notion of new Set([...notions.values()].flatMap((spoken) => [...spoken]))) weights.set(notion, weight);
  const informative = informativeWords(words);
  const topicWords = informative.length < SHORT_WORDS ? words.filter((word) => asksForTopic(notions.get(word))) : [];
  const asked = [...new Set([...informative, ...topicWords])].map((word) => ({
    word,
    notions: [...(notions.get(word) ?? [])],
    weight,
  }));
  const topics = asked.filter((word) => !asksPrice(word));
  return { words, weights, asked: topics.length > 0 ? topics : asked };
}

/** "Where" and "until when" are questions that say what they ask about. */
const asksForTopic = (notions: ReadonlySet<string> = new Set()): boolean => notions.has('#address') || notions.has('#hours');
/** What something costs is asked of everything. */
const asksPrice = ({ notions }: { notions: readonly string[] }): boolean => notions.length === 1 && notions[0] === '#price';

function weightOfBefore({ words, asked, weights }: Part): number {
  const topics = asked.filter(({ notions, word }) => !notions.some((notion) => ATTRIBUTES.has(notion)) && !/^\d+$/.test(word));
  const pointsBack = words.some((word) => POINTS_BACK.has(word) || isAboutAnother(word));
  if (!pointsBack && asksOfBusiness(words, weights)) return 0;
  const saysNothingItself =
    topics.length === 0 && ![...weights.keys()].some((key) => key.startsWith('#') && !ATTRIBUTES.has(key));
  if (saysNothingItself) return WEIGHT_OF_ALL_BEFORE;
  if (asked.length > SHORT_WORDS) return 0;
  return pointsBack || GOES_ON.has(words[0] ?? '') ? WEIGHT_OF_SOME_BEFORE : 0;
}

const asksOfBusiness = (words: readonly string[], weights: WeighedQuery['weights']): boolean =>
  words.some((word) => LIST_OF_PRICES.test(word)) || (weights.has('#hours') && words.some((word) => WORK.test(word)));

/** Uzbek "-chi": what about that one? */
const isAboutAnother = (word: string): boolean => word === 'chi' || (word.length >= 6 && /chi$/.test(word));

function joined(own: WeighedQuery, before: WeighedQuery): WeighedQuery {
  const weights = new Map(own.weights);
  for (const [word, weight] of before.weights) weights.set(word, Math.max(weight, weights.get(word) ?? 0));
  const said = new Set(own.asked.map(({ word }) => word));
  return { weights, asked: [...own.asked, ...before.asked.filter(({ word }) => !said.has(word))] };
}
