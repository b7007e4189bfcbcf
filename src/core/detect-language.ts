import { BORROWED_WORDS, ENGLISH_WORDS, LATIN_RUSSIAN_WORDS, RUSSIAN_WORDS, UZBEK_WORDS } from './language-words.ts';
import type { ReplyLanguage } from './languages.ts';
import { foldUzbek } from './uzbek.ts';

type Scores = Record<ReplyLanguage, number>;

const NOT_WRITING = /https?:\/\/\S+|(?<!\S)[^\s@]+@[^\s@]+\.\S+|[@/]\w+/g;
const APOSTROPHE = `'\`ʻʼ‘’`;
const WORD = new RegExp(`\\p{L}[\\p{L}${APOSTROPHE}-]*`, 'gu');
const MAX_CHARS = 600;
/** A known word counts this much, an ending or a typical letter less: an ending alone decides nothing against a word. */
const WORD_POINTS = 2;

/** Endings of Uzbek words, folded. The short ones also end Russian words, so that they count in Latin script only. */
const UZBEK_ENDING =
  /(lar|lari|larni|larga|ning|siz|sizmi|sizlarmi|sizlami|imiz|ingiz|ingizni|yapti|asiz|aman|yman|mokchi|mokchiman|mikan|mikin|mizmi|dimi|mas|lash|gansiz)$/;
const SHORT_UZBEK_ENDING = /(mi|dan|adi|ydi|gan|ga|da|ni|chi|im|dagi|lik|ish|ang|ing)$/;
const RUSSIAN_ENDING = /(ть|ться|ите|йте|ете|ешь|ишь|ого|его|ый|ий|ая|ое|ые|ую|ой|ами|ов|ет|ят|ция|ость)$/;

/**
 * The language and script that a short chat message is written in; null when it does not show: digits, emoji, a name, two
 * languages alike. Uzbek in Cyrillic is known from Russian by its letters and words, also when it is typed on a Russian
 * keyboard, and Uzbek in Latin from English by words and endings, with oʻ and gʻ however they are typed.
 */
export function detectLanguage(text: string): ReplyLanguage | null {
  const scores: Scores = { en: 0, ru: 0, uz: 0, 'uz-Cyrl': 0 };
  let cyrillicLetters = 0;
  for (const word of text.slice(0, MAX_CHARS).replace(NOT_WRITING, ' ').toLowerCase().match(WORD) ?? []) {
    if (/\p{Script=Cyrillic}/u.test(word)) {
      cyrillicLetters += word.length;
      scoreCyrillic(word, scores);
    } else {
      scoreLatin(word, scores);
    }
  }
  const [first, second] = Object.entries(scores).sort(([, a], [, b]) => b - a) as [
    [ReplyLanguage, number],
    [ReplyLanguage, number],
  ];
  if (first[1] > second[1]) return first[0];
  // Cyrillic that shows nothing Uzbek is Russian: its vocabulary is too wide for a list.
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

/** A known word with one ending on it: "tortmi", "kartaga". */
function isUzbekWithEnding(folded: string): boolean {
  const stem = folded.replace(/(mi|lar|lari|ni|ning|ga|da|dan|im|si|imiz|ingiz)$/, '');
  return stem.length >= 3 && stem !== folded && UZBEK_WORDS.has(stem);
}

function scoreLatin(word: string, scores: Scores): void {
  const folded = foldUzbek(word);
  if (new RegExp(`[og][${APOSTROPHE}](?!s$|d$|ll$|clock)`).test(word)) scores.uz += WORD_POINTS + 1;
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
