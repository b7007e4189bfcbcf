// Every apostrophe people type in oʻ, gʻ and for the stop: the right ʻ ʼ, the keyboard's ', typographic and accents.
const APOSTROPHES = /['`´ʹʻʼʽˈ‘’‛′＇]/g;

const CYRILLIC_TO_LATIN: Record<string, string> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ғ: 'g',
  д: 'd',
  е: 'e',
  ё: 'yo',
  ж: 'j',
  з: 'z',
  и: 'i',
  й: 'y',
  к: 'k',
  қ: 'q',
  л: 'l',
  м: 'm',
  н: 'n',
  ң: 'ng',
  о: 'o',
  ө: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ў: 'o',
  ү: 'u',
  ұ: 'u',
  ф: 'f',
  х: 'x',
  ҳ: 'h',
  һ: 'h',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'sh',
  ъ: '',
  ы: 'i',
  ь: '',
  э: 'e',
  ә: 'a',
  ю: 'yu',
  я: 'ya',
  і: 'i',
  ї: 'i',
  є: 'e',
  ґ: 'g',
  ј: 'j',
  љ: 'l',
  њ: 'n',
  ћ: 'ch',
  ђ: 'j',
  џ: 'j',
};

/**
 * One form for all spellings of Uzbek, for comparing only: lower-case text comes back in plain Latin, without apostrophes,
 * with what writers mix up made one (x and h, q and k, ye and e, ц as ts or s). All Cyrillic is folded, Russian too, and
 * Latin loses the same distinctions: harmless while both sides of a comparison are folded. Expects lower case.
 */
export function foldUzbek(text: string): string {
  return text
    .replace(/[Ѐ-ӿ]+/g, cyrillicToLatin)
    .replace(APOSTROPHES, '')
    .replace(/y[eo]/g, 'e')
    .replace(/ts(?=[aeiou])/g, 's')
    .replace(/x/g, 'h')
    .replace(/q/g, 'k');
}

function cyrillicToLatin(run: string): string {
  let latin = '';
  for (const letter of run) latin += CYRILLIC_TO_LATIN[letter] ?? letter;
  return latin;
}

// What must stay as it is inside a sentence: placeholders, links, addresses, @names and /commands.
const KEPT =
  /\{\{[^}]*\}\}|https?:\/\/\S+|\S+@\S+\.\S+|@\w+|(?<![\p{L}\p{N}])\/\w+|\b(?:www\.)?[\w-]+\.(?:uz|com|org|net|me|io)\b\S*|<[^>]*>/gu;

// Longest first. A written ye, yo, yu, ya is one letter; e is э where a word or syllable begins.
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
const VOWEL_END = /[аеёиоуўэюя]$/i;

/**
 * Uzbek Latin in readable Cyrillic, for bot sentences. Placeholders, links, addresses, @names, /commands and tags keep
 * their letters. Loan words with ц or ь come out as they are heard (konsert → консерт).
 */
export function latinToCyrillic(text: string): string {
  let out = '';
  let from = 0;
  for (const kept of text.matchAll(KEPT)) {
    out += words(text.slice(from, kept.index)) + kept[0];
    from = kept.index + kept[0].length;
  }
  return out + words(text.slice(from));
}

function words(text: string): string {
  return normaliseApostrophes(text).replace(/[\p{L}ʻʼ]+/gu, word);
}

/** oʻ and gʻ get ʻ, a stop between letters gets ʼ; other quotes are left alone. */
function normaliseApostrophes(text: string): string {
  return text
    .replace(/([oOgG])['`´ʻʼ‘’]/g, '$1ʻ')
    .replace(/(?<=\p{L})['`´ʻ‘’](?=\p{L})/gu, (mark, at: number, whole: string) =>
      /[oOgG]/.test(whole[at - 1] ?? '') ? mark : 'ʼ',
    );
}

function word(latin: string): string {
  const capitals = latin.length > 1 && latin === latin.toUpperCase();
  const cyrillic = latin.replace(/oʻ|gʻ|sʼh|sh|ch|y[eoua](?!ʻ)|[a-zʼ]/gi, (part, at: number) => letter(part, at, latin));
  return capitals ? cyrillic.toUpperCase() : cyrillic;
}

function letter(part: string, at: number, latin: string): string {
  const lower = part.toLowerCase();
  const startsSyllable = at === 0 || VOWEL_END.test(LATIN_TO_CYRILLIC[(latin[at - 1] ?? '').toLowerCase()] ?? '');
  let cyrillic = LATIN_TO_CYRILLIC[lower] ?? lower;
  if (lower === 'e' && startsSyllable) cyrillic = 'э';
  if (lower === 'sʼh') cyrillic = 'сҳ';
  return /^\p{Lu}/u.test(part) ? cyrillic.charAt(0).toUpperCase() + cyrillic.slice(1) : cyrillic;
}
