import {
  BORROWED_WORDS,
  ENGLISH_WORDS,
  LATIN_RUSSIAN_WORDS,
  NOBODYS_WORDS,
  RUSSIAN_WORDS,
  UZBEK_WORDS,
} from './language-words.ts';
import { REPLY_LANGUAGES, type ReplyLanguage } from './languages.ts';
import { foldUzbek } from './uzbek.ts';

type Scores = Record<ReplyLanguage, number>;

const NOT_WRITING = /https?:\/\/\S+|(?<!\S)[^\s@]+@[^\s@]+\.\S+|[@/]\w+/g;
const APOSTROPHE = `'\`ʻʼ‘’`;
const WORD = new RegExp(`\\p{L}[\\p{L}${APOSTROPHE}-]*`, 'gu');
/** Not the English ones: "who's", "o'clock". */
const UZBEK_APOSTROPHE = new RegExp(`[og][${APOSTROPHE}](?!s$|d$|ll$|clock)`);
const MAX_CHARS = 600;
/** An ending or a typical letter counts less, so an ending never outweighs a word. */
const WORD_POINTS = 2;

/** Folded endings of Uzbek words. The short ones also end Russian words, so they count in Latin script only. */
const UZBEK_ENDING =
  /(lar|lari|larni|larga|ning|siz|sizmi|sizlarmi|sizlami|imiz|ingiz|ingizni|yapti|asiz|aman|yman|mokchi|mokchiman|mikan|mikin|mizmi|dimi|mas|lash|gansiz)$/;
const SHORT_UZBEK_ENDING = /(mi|dan|adi|ydi|gan|ga|da|ni|chi|im|dagi|lik|ish|ang|ing)$/;
const RUSSIAN_ENDING = /(ть|ться|ите|йте|ете|ешь|ишь|ого|его|ый|ий|ая|ое|ые|ую|ой|ами|ов|ет|ят|ция|ость)$/;

/** What a text shows of its language. */
export interface LanguageSigns {
  /** Null when it does not show. */
  language: ReplyLanguage | null;
  /** So many words are clearly of that language and of no other. */
  clearWords: number;
  words: number;
}

/**
 * Null for digits, emoji, a name, or two equal languages. Uzbek is recognised in Cyrillic, also typed on a Russian keyboard, and
 * in
 * Latin with any apostrophe in oʻ and gʻ.
 */
export function detectLanguage(text: string): ReplyLanguage | null {
  return readLanguage(text).language;
}

/** The same with how clearly it shows. Brands, loans and "ok" are of no language. */
export function readLanguage(text: string): LanguageSigns {
  const scores: Scores = { en: 0, ru: 0, uz: 0, 'uz-Cyrl': 0 };
  const clear: Scores = { en: 0, ru: 0, uz: 0, 'uz-Cyrl': 0 };
  let cyrillicLetters = 0;
  const words = (text.slice(0, MAX_CHARS).replace(NOT_WRITING, ' ').toLowerCase().match(WORD) ?? []).filter(
    (word) => !NOBODYS_WORDS.has(foldUzbek(word)),
  );
  for (const word of words) {
    const before = { ...scores };
    if (/\p{Script=Cyrillic}/u.test(word)) {
      cyrillicLetters += word.length;
      scoreCyrillic(word, scores);
    } else {
      scoreLatin(word, scores);
    }
    const shown = REPLY_LANGUAGES.filter((language) => scores[language] - before[language] >= WORD_POINTS);
    if (shown.length === 1) clear[shown[0] as ReplyLanguage]++;
  }
  const language = strongest(scores, cyrillicLetters);
  return { language, clearWords: language === null ? 0 : clear[language], words: words.length };
}

function strongest(scores: Scores, cyrillicLetters: number): ReplyLanguage | null {
  const [first, second] = Object.entries(scores).sort(([, a], [, b]) => b - a) as [
    [ReplyLanguage, number],
    [ReplyLanguage, number],
  ];
  if (first[1] > second[1]) return first[0];
  // Cyrillic without anything Uzbek is Russian, whose vocabulary is too wide for a list.
  return cyrillicLetters >= 3 && scores['uz-Cyrl'] <= scores.ru && scores.uz === 0 && scores.en === 0 ? 'ru' : null;
}

function scoreCyrillic(word: string, scores: Scores): void {
  const folded = foldUzbek(word);
  if (/[ўқғҳ]/.test(word)) scores['uz-Cyrl'] += WORD_POINTS + 1;
  if (/[ыщ]/.test(word)) scores.ru += WORD_POINTS;
  const borrowed = BORROWED_WORDS.has(folded);
  const russian = borrowed || RUSSIAN_WORDS.has(folded);
  const uzbek = !borrowed && (UZBEK_WORDS.has(folded) || (!russian && isUzbekWithEnding(folded)));
  if (uzbek) scores['uz-Cyrl'] += WORD_POINTS;
  if (russian) scores.ru += borrowed ? 1 : WORD_POINTS;
  if (uzbek || russian) return;
  if (folded.length >= 6 && UZBEK_ENDING.test(folded)) scores['uz-Cyrl'] += 1.5;
  else if (folded.length >= 5 && /(mi|mokchi|ang|ing)$/.test(folded)) scores['uz-Cyrl'] += 1;
  if (word.length >= 4 && RUSSIAN_ENDING.test(word)) scores.ru += 1;
}

/** "tortmi", "kartaga". */
function isUzbekWithEnding(folded: string): boolean {
  const stem = folded.replace(/(mi|lar|lari|ni|ning|ga|da|dan|im|si|imiz|ingiz)$/, '');
  return stem.length >= 3 && stem !== folded && UZBEK_WORDS.has(stem);
}

function scoreLatin(word: string, scores: Scores): void {
  const folded = foldUzbek(word);
  if (UZBEK_APOSTROPHE.test(word)) scores.uz += WORD_POINTS + 1;
  const known: [ReplyLanguage, ReadonlySet<string>][] = [
    ['uz', UZBEK_WORDS],
    ['en', ENGLISH_WORDS],
    ['ru', LATIN_RUSSIAN_WORDS],
  ];
  if (isUzbekWithEnding(folded) && !ENGLISH_WORDS.has(folded)) scores.uz += WORD_POINTS;
  const fitting = known.filter(([, words]) => words.has(folded));
  for (const [language] of fitting) scores[language] += WORD_POINTS;
  if (fitting.length > 0) return;
  if (/q(?!u)/.test(word)) scores.uz += 1;
  if (/w|th|ck|ph|tion|ee|oo|ou|c(?!h)/.test(word)) scores.en += 0.5;
  if (folded.length >= 5 && UZBEK_ENDING.test(folded)) scores.uz += 1.5;
  else if (folded.length >= 5 && SHORT_UZBEK_ENDING.test(folded)) scores.uz += 0.6;
}
