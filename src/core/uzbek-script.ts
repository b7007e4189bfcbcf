import { isForeignWord, KEPT_TEXT } from './foreign-words.ts';
import { loanWordToCyrillic } from './uzbek-loan-words.ts';

const LATIN_TO_CYRILLIC: Record<string, string> = {
  oʻ: 'ў',
  gʻ: 'ғ',
  sh: 'ш',
  ch: 'ч',
  ye: 'е',
  yo: 'ё',
  yu: 'ю',
  ya: 'я',
  a: 'а',
  b: 'б',
  c: 'с',
  d: 'д',
  e: 'е',
  f: 'ф',
  g: 'г',
  h: 'ҳ',
  i: 'и',
  j: 'ж',
  k: 'к',
  l: 'л',
  m: 'м',
  n: 'н',
  o: 'о',
  p: 'п',
  q: 'қ',
  r: 'р',
  s: 'с',
  t: 'т',
  u: 'у',
  v: 'в',
  w: 'в',
  x: 'х',
  y: 'й',
  z: 'з',
  ʼ: 'ъ',
};
const CYRILLIC_TO_LATIN: Record<string, string> = {
  ...Object.fromEntries(Object.entries(LATIN_TO_CYRILLIC).map(([latin, cyrillic]) => [cyrillic, latin])),
  с: 's',
  в: 'v',
  е: 'e',
  э: 'e',
  щ: 'sh',
  ы: 'i',
  ь: '',
};
const CYRILLIC_VOWEL = /[аеёиоуўэюяы]/;
const LATIN_VOWEL = /[aeiou]/;
const LATIN_PART = /oʻ|gʻ|sʼh|sh|ch|(?<=[aeiou])ts(?=iy[ao])|(?<=k)s(?=iy[ao])|y[eoua](?!ʻ)|[a-zʼ]/gi;

/**
 * The official correspondence. Placeholders, links, @names, /commands, tags and foreign names keep their letters.
 * An unknown loan word loses its ц, ь or щ.
 */
export function latinToCyrillic(text: string): string {
  let out = '';
  let from = 0;
  for (const kept of text.matchAll(KEPT_TEXT)) {
    out += latinWords(text.slice(from, kept.index)) + kept[0];
    from = kept.index + kept[0].length;
  }
  return out + latinWords(text.slice(from));
}

/** The official correspondence. */
export function cyrillicToLatin(text: string): string {
  return text.replace(/[Ѐ-ӿ]+/g, (word) => {
    const capitals = word.length > 1 && word === word.toUpperCase();
    let latin = '';
    for (let at = 0; at < word.length; at++) latin += latinLetter(word, at);
    return capitals ? latin.toUpperCase() : latin;
  });
}

function latinLetter(word: string, at: number): string {
  const lower = word.toLowerCase();
  const letter = lower[at] as string;
  const before = lower[at - 1] ?? '';
  let latin = CYRILLIC_TO_LATIN[letter] ?? letter;
  if (letter === 'е' && (before === '' || before === 'ъ' || before === 'ь' || CYRILLIC_VOWEL.test(before))) latin = 'ye';
  else if (letter === 'ц') latin = CYRILLIC_VOWEL.test(before) ? 'ts' : 's';
  // Not written before a letter that begins with y: объект, obyekt.
  else if (letter === 'ъ' && /[еёюя]/.test(lower[at + 1] ?? '')) latin = '';
  else if (letter === 'ҳ' && before === 'с') latin = 'ʼh';
  return word[at] === letter ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
}

function latinWords(text: string): string {
  return normaliseApostrophes(text).replace(/[\p{L}\p{N}ʻʼ]+(?:-[\p{L}\p{N}ʻʼ]+)*/gu, (compound) => {
    if (isForeignWord(compound)) return compound;
    return compound.replace(/[\p{L}\p{N}ʻʼ]+/gu, (word) => (isForeignWord(word) ? word : latinWord(word)));
  });
}

/** oʻ and gʻ get ʻ, a stop after another letter gets ʼ; other quotes stay. */
function normaliseApostrophes(text: string): string {
  return text
    .replace(/([oOgG])['`´ʻʼ‘’]/g, '$1ʻ')
    .replace(/(?<=\p{L})['`´ʻ‘’](?=\p{L})/gu, (mark, at: number, whole: string) =>
      /[oOgG]/.test(whole[at - 1] ?? '') ? mark : 'ʼ',
    );
}

function latinWord(latin: string): string {
  const letters = latin.replace(/\P{L}/gu, '');
  const capitals = letters.length > 1 && letters === letters.toUpperCase();
  const loan = loanWordToCyrillic(latin);
  const cyrillic = loan ?? latin.replace(LATIN_PART, (part, at: number) => cyrillicLetter(part, at, latin));
  return capitals ? cyrillic.toUpperCase() : cyrillic;
}

function cyrillicLetter(part: string, at: number, latin: string): string {
  const lower = part.toLowerCase();
  const before = (latin[at - 1] ?? '').toLowerCase();
  // The ʻ of oʻ belongs to a vowel, that of gʻ to a consonant.
  const afterVowel = before === 'ʻ' ? /o/i.test(latin[at - 2] ?? '') : LATIN_VOWEL.test(before);
  const startsSyllable = !/[\p{L}ʻʼ]/u.test(before) || afterVowel || before === 'ʼ';
  let cyrillic = LATIN_TO_CYRILLIC[lower] ?? lower;
  if (lower === 'e' && startsSyllable) cyrillic = 'э';
  // ye after a consonant occurs in loan words: premyera, obyekt.
  else if (lower === 'ye' && !startsSyllable) cyrillic = /[bdv]/.test(before) ? 'ъе' : 'ье';
  else if (lower === 'sʼh') cyrillic = 'сҳ';
  else if (lower === 'ts' || (lower === 's' && before === 'k' && /^iy[ao]/i.test(latin.slice(at + 1)))) cyrillic = 'ц';
  return /^\p{Lu}/u.test(part) ? cyrillic.charAt(0).toUpperCase() + cyrillic.slice(1) : cyrillic;
}
