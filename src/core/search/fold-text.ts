import { foldUzbek } from '../uzbek.ts';

// Letters that NFKC and accent removal do not make equal to what people type.
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  ς: 'σ',
  ة: 'ه',
  ى: 'ي',
  ک: 'ك',
  ی: 'ي',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

// Arabic-Indic, Persian, Devanagari, Bengali and Thai digits: each run of ten starts at a zero.
const DIGIT = /[٠-٩۰-۹०-९০-৯๐-๙]/g;
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50];
const digitOf = (digit: string): string => {
  const code = digit.charCodeAt(0);
  return String(code - (ZEROS.findLast((zero) => zero <= code) ?? code));
};

/** Accents stay (see withoutAccents), because Vietnamese words differ by them. */
export function foldText(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase().replace(/i̇/g, 'i');
  return foldUzbek(lower.replace(/['’]s(?!\p{L})/gu, ' '))
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .replace(DIGIT, digitOf)
    .replace(/\u0640/g, '');
}

/** Also removes Arabic vowel signs and Hebrew points. */
export function withoutAccents(folded: string): string {
  // Fast path: most words are plain Latin.
  if (/^[a-z0-9]*$/.test(folded)) return folded;
  return folded
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0591-\u05c7]/g, '')
    .normalize('NFC');
}
