import { foldUzbek } from './uzbek.ts';

export type SmallTalk = 'hello' | 'thanks' | 'bye' | 'okay';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).map((word) => foldUzbek(word.toLowerCase())));

/** The first kind that has a word of the message wins: "Salom, rahmat" is thanks. */
const KINDS: readonly [SmallTalk, ReadonlySet<string>][] = [
  ['thanks', words('rahmat raxmat tashakkur спасибо благодарю спс spasibo thanks thank thx ty')],
  ['bye', words('xayr hayr koʻrishguncha salomat пока свидания bye goodbye')],
  [
    'hello',
    words(
      'salom assalomu assalom salam привет здравствуйте здравствуй добрый доброе доброго приветствую privet hello hi hey greetings qalaysiz qandaysiz yaxshimisiz morning evening afternoon tong',
    ),
  ],
  [
    'okay',
    words(
      'ok okay okey ок окей xop xoʻp hop mayli yaxshi tushunarli tushundim ha zoʻr ajoyib хорошо ладно понятно понял поняла ясно отлично супер да good great fine yes understood',
    ),
  ],
];

/** What may stand beside them. */
const FILLERS =
  words(`alaykum aleykum alekum alaykim sizga sizlarga katta kattakon xayrli kech kun bilan boʻling boling ham va juda
  большое вам огромное день утро вечер вечера до всего доброй ночи всем так you so much very a lot the for help good day night there all`);

const MAX_WORDS = 6;

/**
 * Whether a message is nothing but a greeting, thanks, a goodbye or an assent: every word of it must be one that people use
 * for that. For answering sensibly while the AI does not.
 */
export function smallTalkOf(text: string): SmallTalk | null {
  const said =
    text
      .toLowerCase()
      .match(/[\p{L}'`ʻʼ‘’]+/gu)
      ?.map(foldUzbek) ?? [];
  if (said.length === 0 || said.length > MAX_WORDS || /\d/.test(text)) return null;
  const known = said.every((word) => FILLERS.has(word) || KINDS.some(([, kind]) => kind.has(word)));
  if (!known) return null;
  return KINDS.find(([, kind]) => said.some((word) => kind.has(word)))?.[0] ?? null;
}
