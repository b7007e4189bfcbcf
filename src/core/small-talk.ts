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
    words(`ahmoq jinni tentak iflos haromi padar padaringga lanat la'nat jala itdan eshak esak qotoq ahmoqsan дурак дура
      идиот тупой тупая тупица сволочь дебил козёл хуйня блять блядь сука пошёл заткнись придурок stupid idiot dumb
      moron fuck shit bastard`),
  ],
  [
    'robot',
    words(`robotmisan robotmisiz botmisan botmisiz robotmi botmi robot robotsan bot bots бот робот ботсан роботмисан
      odammisiz odammisan odammi insonmisiz insonmisan insonmi intellekt intellektmi intellektmisiz intellektmisan
      человек human ai ии нейросеть автоответчик chatgpt`),
  ],
  ['thanks', words('sogʻ rahmat raxmat tashakkur спасибо благодарю спс spasibo thanks thank thx ty рахмат мерси')],
  ['bye', words('удачи связи night xayr hayr koʻrishguncha salomat пока свидания встречи завтра bye goodbye omad omon')],
  [
    'how_are_you',
    words(
      'gap gaplar gaplaring gaplaringiz qalay qalaysiz qalaysizlar qalesiz qandaysiz yaxshimisiz yaxshimisizlar yaxshimi ишлар ishlar ishlaringiz дела поживаете',
    ),
  ],
  [
    'hello',
    words(`alo алло алё тест test хай хелло приветик утречко salom salomlar hayrli xayrli доброго ассаломалейкум assalamu
      assalamualaykum assalomu assalom asalom asalomu assalam salam assalomualaykum assalomualeykum assalomalaykum
      assalomaleykum salomalekum asalomualaykum vaalaykum привет здравствуйте здравствуй здрасте салам добрый доброе
      доброго доброй приветствую privet zdravstvuyte hello hi hey greetings morning evening afternoon tong`),
  ],
  [
    'okay',
    words(`подумаю hojati qabul принято договорились kelishdik круто класс класно шикарно вау wow ura ура всё все hech
      ничего k hm aga albatta boʻldi arzimaydi ok okay okey ок окей oke xop xoʻp hop mayli yaxshi tushunarli
      tushundim ha zoʻr ajoyib yoʻq yoʻ boʻladi boʻpti keremas kerakmas хорошо ладно понятно понял поняла ясно
      отлично супер да нет угу ага good great fine yes yep yeah no nope understood cool nice haha xaxa hahaha xaxaxa
      ahaha хаха ахах лол lol hazil hazillashyapsizmi shutka шутка`),
  ],
];

/** What may stand beside them. */
const FILLERS =
  words(`nima nimalar narsa alaykum aleykum alekum alaykim sizga sizlarga katta kattakon ekan no времени суток bolalar qizlar
  yigitlar hammaga hammangizga kech kun kuni kunlar bilan boʻling boling ham va juda sen siz hurmatli aka opa uka doktor
  ustoz janob mening ми ты вы что ли или это как у вас вам большое огромное день утро вечер вечера дня до всего доброй
  ночи хорошего всем так скорого are you a an is it so sunʼiy yoki yo или or bu tirik jonli живой живая настоящий real
  person я с кем общаюсь разговариваю am talking to with this it much very lot the for help day night there all see how
  im am your u mi san siz mikan emasmi`);

/** Whole sayings that are no more than "all right", though their words mean something elsewhere. */
const SAYINGS =
  /(?<!\p{L})(?:не за что|не стоит|no need|shart emas|шарт эмас|(?:потом|позже) напишу|keyin(?:roq)? yozaman|o[ʻ'`‘’]?ylab ko[ʻ'`‘’]?raman|let me think|see (?:you|ya)(?: later| soon)?|не надо|не нужно|kerak emas|керак эмас|gap y[oʻ'`‘’]+q|гап йўқ)(?!\p{L})/giu;

const WHO =
  /^\s*(?:who are you|what(?:'s| is) your name|(?:ты|вы) кто|кто (?:ты|вы)(?: так\S+)?|как (?:вас|тебя) зовут|(?:siz |sen )?kimsi[zn]|kimsan|isming(?:iz)? nima)[\s?!.]*$/iu;

const MAX_WORDS = 6;
const WAVES = /👋/u;
const THANKFUL = /🙏|💐|🌹|❤|💖/u;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|[\s!.)(])+$/u;

/**
 * Whether a message is nothing but a greeting, thanks, a goodbye, an assent, an insult or a look for a robot: every
 * word of it must be
 * one that people use for that. Such a message is answered without AI.
 */
export function smallTalkOf(text: string): SmallTalk | null {
  if (EMOJI_ONLY.test(text) && /\p{Extended_Pictographic}/u.test(text))
    return THANKFUL.test(text) ? 'thanks' : WAVES.test(text) ? 'hello' : 'okay';
  const said =
    text
      .toLowerCase()
      .replace(SAYINGS, 'ok')
      .match(/[\p{L}'`ʻʼ‘’]+/gu)
      ?.map(plain) ?? [];
  if (WHO.test(text)) return 'robot';
  if (/^\s*\++\s*$/.test(text)) return 'okay';
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
