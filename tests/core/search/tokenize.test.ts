import { expect, test } from 'vitest';
import { foldText, withoutAccents } from '../../../src/core/search/fold-text.ts';
import { tokenize } from '../../../src/core/search/tokenize.ts';

const plain = (text: string): string => withoutAccents(foldText(text));

test.each([
  ['İSTANBUL', 'istanbul'],
  ['ılık', 'ilik'],
  ['Straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδος'],
  ['Ὀδός', 'οδος'],
  ['crème brûlée', 'Creme Brulee'],
  ['Đường phố', 'duong pho'],
  ['București', 'Bucuresti'],
  ['ﬁne ①', 'fine 1'],
  ['ＡＢＣ', 'abc'],
  ['كِتَابٌ', 'كتاب'],
  ['مدرســة', 'مدرسه'],
  ['٢٠٢٦ १२ ๓', '2026 12 3'],
  ['café', 'cafe\u0301'],
])('%s and %s are found by one another', (one, other) => {
  expect(plain(one)).toBe(plain(other));
});

test('words stand apart at spaces and punctuation, in any script', () => {
  expect(tokenize('Non — 4 000 soʻm!')).toEqual(['non', '4', '000', 'som']);
  expect(tokenize('नमस्ते दुनिया')).toEqual(['नमस्ते', 'दुनिया']);
  expect(tokenize("the baker's bread")).toEqual(['the', 'baker', 'bread']);
});

test('Chinese and Japanese give characters and pairs', () => {
  expect(tokenize('北京市')).toEqual(['北', '北京', '京', '京市', '市']);
  expect(tokenize('iPhone手机')).toEqual(['iphone', '手', '手机', '机']);
});

test('Thai is split into its words', () => {
  expect(tokenize('ขนมปังราคาเท่าไร')).toContain('ราคา');
});

test.each(['', '   ', '👍🎉', '...', '\u0000', '\ud800'])('%j has no words', (text) => {
  expect(tokenize(text)).toEqual([]);
});
