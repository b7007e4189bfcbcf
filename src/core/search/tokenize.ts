import { foldText } from './fold-text.ts';

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
// Scripts without spaces: single characters and pairs for Chinese and Japanese, ICU's dictionary for the others.
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;
const UNSPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

/** Folded words in order, repeats included. */
export function tokenize(text: string): string[] {
  return (foldText(text).match(WORD) ?? []).flatMap(split);
}

function split(word: string): string[] {
  // These scripts lie above U+0E00, as do Hangul and little else.
  if (!/[\u0e00-\uffff]|[\ud800-\udfff]/.test(word)) return [word];
  if (UNSPACED.test(word)) return [...segmenter.segment(word)].map(({ segment }) => segment);
  if (!IDEOGRAPH.test(word)) return [word];
  return word
    .split(/([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+)/u)
    .flatMap((part, i) => (i % 2 === 1 ? onesAndPairs(part) : part || []));
}

function onesAndPairs(run: string): string[] {
  const characters = [...run];
  return characters.flatMap((character, i) =>
    i + 1 < characters.length ? [character, character + characters[i + 1]] : [character],
  );
}
