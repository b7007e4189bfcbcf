import { foldUzbek } from './uzbek.ts';

/** `how_are_you`, `robot` (are you one?) and `insult` get a sentence of their own; `okay` is assent, refusal and laughter. */
export type SmallTalk = 'hello' | 'how_are_you' | 'thanks' | 'bye' | 'okay' | 'robot' | 'insult';

/** Folded (core/uzbek), each run of one letter as one: salooom. */
const plain = (word: string): string => foldUzbek(word).replace(/(.)\1+/gu, '$1');
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).map((word) => plain(word.toLowerCase())));

/** The first kind that has a word of the message wins: "Salom, rahmat" is thanks. */
const KINDS: readonly [SmallTalk, ReadonlySet<string>][] = [
  [
    'insult',
    words(`ahmoq jinni tentak iflos haromi padar padaringga lanat la'nat jala itdan eshak esak qotoq ahmoqsan дурак дура идиот тупой тупая тупица
      сволочь дебил козёл хуйня блять блядь сука пошёл заткнись придурок stupid idiot dumb moron fuck shit bastard`),
  ],
  ['robot', words('robotmisan robotmisiz botmisan botmisiz robotmi botmi robot robotsan bot bots бот робот ботсан роботмисан')],
  ['thanks', words('rahmat raxmat tashakkur спасибо благодарю спс spasibo thanks thank thx ty рахмат мерси')],
  ['bye', words('xayr hayr koʻrishguncha salomat пока свидания встречи завтра bye goodbye omad omon')],
  [
    'how_are_you',
    words(
      'gap gaplar gaplaring gaplaringiz qalay qalaysiz qalaysizlar qalesiz qandaysiz yaxshimisiz yaxshimisizlar yaxshimi ишлар ishlar ishlaringiz дела поживаете',
    ),
  ],
  [
    'hello',
    words(`salom salomlar assalomu assalom asalom asalomu assalam salam assalomualaykum assalomualeykum assalomalaykum assalomaleykum salomalekum
      asalomualaykum vaalaykum привет здравствуйте здравствуй здрасте салам добрый доброе доброго доброй приветствую privet zdravstvuyte hello hi hey
      greetings morning evening afternoon tong`),
  ],
  [
    'okay',
    words(`hech ничего ok okay okey ок окей oke xop xoʻp hop mayli yaxshi tushunarli tushundim ha zoʻr ajoyib yoʻq yoʻ boʻladi boʻpti keremas kerakmas хорошо ладно понятно понял
      поняла ясно отлично супер да нет угу ага good great fine yes yep yeah no nope understood cool nice haha xaxa hahaha xaxaxa ahaha хаха ахах лол lol
      hazil hazillashyapsizmi shutka шутка`),
  ],
];

/** What may stand beside them. */
const FILLERS =
  words(`nima nimalar narsa alaykum aleykum alekum alaykim sizga sizlarga katta kattakon xayrli kech kun kuni kunlar bilan boʻling boling ham va juda sen siz hurmatli aka opa uka doktor
  ustoz janob mening ми ты вы что ли или это как у вас вам большое огромное день утро вечер вечера дня до всего доброй ночи хорошего всем так скорого
  are you a an is it so much very lot the for help day night there all see how im am your u mi san siz mikan emasmi`);

const MAX_WORDS = 6;
const THANKFUL = /🙏|💐|🌹|❤|💖/u;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|[\s!.)(])+$/u;

/**
 * Whether a message is nothing but a greeting, thanks, a goodbye, an assent, an insult or a look for a robot: every
 * word of it must be
 * one that people use for that. Such a message is answered without AI.
 */
export function smallTalkOf(text: string): SmallTalk | null {
  if (EMOJI_ONLY.test(text) && /\p{Extended_Pictographic}/u.test(text)) return THANKFUL.test(text) ? 'thanks' : 'okay';
  const said =
    text
      .toLowerCase()
      .match(/[\p{L}'`ʻʼ‘’]+/gu)
      ?.map(plain) ?? [];
  if (said.length === 0 || said.length > MAX_WORDS || /\d/.test(text)) return null;
  const known = said.every((word) => FILLERS.has(word) || KINDS.some(([, kind]) => kind.has(word)));
  if (!known) return null;
  return KINDS.find(([, kind]) => said.some((word) => kind.has(word)))?.[0] ?? null;
}

/** The same of a message that answers the bot's last words: "yes" to a question is an answer, not small talk. */
export function smallTalkAfter(lastOfBot: string | undefined, text: string): SmallTalk | null {
  const kind = smallTalkOf(text);
  return kind === 'okay' && lastOfBot?.includes('?') ? null : kind;
}
