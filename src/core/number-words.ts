// Uzbek (both scripts), Russian and English. Apostrophes are removed before.
const ONES: Record<string, number> = {};
const MULTIPLIERS: Record<string, number> = {};
const add = (table: Record<string, number>, value: number, words: string): void => {
  for (const word of words.split(' ')) table[word] = value;
};
add(ONES, 1, 'bir бир один одна одну one');
add(ONES, 2, 'ikki икки два две two');
add(ONES, 3, 'uch уч три three');
add(ONES, 4, 'tort тўрт турт четыре four');
add(ONES, 5, 'besh беш пять five');
add(ONES, 6, 'olti олти шесть six');
add(ONES, 7, 'yetti етти семь seven');
add(ONES, 8, 'sakkiz саккиз восемь eight');
add(ONES, 9, 'toqqiz тўққиз туккиз девять nine');
add(ONES, 10, 'on ўн ун десять ten');
add(ONES, 11, 'одиннадцать eleven');
add(ONES, 12, 'двенадцать twelve');
add(ONES, 13, 'тринадцать thirteen');
add(ONES, 14, 'четырнадцать fourteen');
add(ONES, 15, 'пятнадцать fifteen');
add(ONES, 16, 'шестнадцать sixteen');
add(ONES, 17, 'семнадцать seventeen');
add(ONES, 18, 'восемнадцать eighteen');
add(ONES, 19, 'девятнадцать nineteen');
add(ONES, 20, 'yigirma йигирма двадцать twenty');
add(ONES, 30, 'ottiz ўттиз уттиз тридцать thirty');
add(ONES, 40, 'qirq қирқ кирк сорок forty');
add(ONES, 50, 'ellik эллик пятьдесят fifty');
add(ONES, 60, 'oltmish олтмиш шестьдесят sixty');
add(ONES, 70, 'yetmish етмиш семьдесят seventy');
add(ONES, 80, 'sakson саксон восемьдесят eighty');
add(ONES, 90, 'toqson тўқсон туксон девяносто ninety');
add(ONES, 200, 'двести');
add(ONES, 300, 'триста');
add(ONES, 400, 'четыреста');
add(ONES, 500, 'пятьсот');
add(ONES, 600, 'шестьсот');
add(ONES, 700, 'семьсот');
add(ONES, 800, 'восемьсот');
add(ONES, 900, 'девятьсот');
add(ONES, 0.5, 'yarim ярим half');
add(ONES, 1.5, 'полтора полторы');
add(MULTIPLIERS, 100, 'yuz юз сто hundred');
add(MULTIPLIERS, 1_000, 'ming минг тысяча тысячи тысяч тысячу thousand');
add(MULTIPLIERS, 1_000_000, 'million миллион миллиона миллионов');
add(MULTIPLIERS, 1_000_000_000, 'milliard миллиард миллиарда миллиардов billion');

const oneOf = (table: Record<string, number>): string =>
  Object.keys(table)
    .sort((a, b) => b.length - a.length)
    .join('|');
const ONE = oneOf(ONES);
const MULTIPLIER = oneOf(MULTIPLIERS);
// At least two words: "on" and "uch" alone are ordinary words. Uzbek suffixes are attached.
const NUMBER = new RegExp(
  `(?<![\\p{L}\\d]|\\d\\s)(?:${ONE}|${MULTIPLIER})(?:[ -]+(?:${ONE}|${MULTIPLIER}))+(?=\\p{L}{0,6}(?![\\p{L}\\d]))`,
  'giu',
);
const BEFORE_MONEY = new RegExp(
  `(?<![\\p{L}\\d]|\\d\\s)(${ONE}|${MULTIPLIER})(?=\\s+(?:som|сўм|сум|sum|foiz|фоиз|процент|percent|dollar|доллар))`,
  'giu',
);

/** `ellik besh ming` → `55000`. A single word is converted only before money or per cent. Expects lower case. */
export function numberWordsAsDigits(text: string): string {
  const replace = (words: string): string => String(sumOf(words.split(/[ -]+/)));
  return text.replace(NUMBER, replace).replace(BEFORE_MONEY, replace);
}

function sumOf(words: readonly string[]): number {
  let total = 0;
  let group = 0;
  for (const word of words) {
    const multiplier = MULTIPLIERS[word];
    if (multiplier === undefined) group += ONES[word] ?? 0;
    else if (multiplier === 100) group = Math.max(1, group) * 100;
    else {
      total += Math.max(group, group === 0 ? 1 : 0) * multiplier;
      group = 0;
    }
  }
  return total + group;
}
