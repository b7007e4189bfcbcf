import { expect, test } from 'vitest';
import { foldUzbek } from '../../src/core/uzbek.ts';

test.each([
  ["o'zbek gʻisht ma'no", 'oʻzbek g`isht maʼno', 'ўзбек ғишт маъно'],
  ['yetkazib berish', 'yetkazib berish', 'етказиб бериш'],
  ['shokolad choy', 'shokolad choy', 'шоколад чой'],
  ['yordam yulduz yaxshi', 'yordam yulduz yaxshi', 'ёрдам юлдуз яхши'],
  ['sirk litsey konsert', 'sirk lisey konsert', 'цирк лицей концерт'],
  ['hamma qahva xizmat', 'xamma qaxva hizmat', 'ҳамма қаҳва хизмат'],
  ['premyera aprel', 'premyera aprel', 'премьера апрель'],
  ['ming singil', 'ming singil', 'минг сингил'],
])('%s has one form however it is written', (latin, other, cyrillic) => {
  expect(foldUzbek(other)).toBe(foldUzbek(latin));
  expect(foldUzbek(cyrillic)).toBe(foldUzbek(latin));
});

test('what people type for Uzbek letters on a Russian keyboard is the same', () => {
  expect(foldUzbek('кахва гишт хамма')).toBe(foldUzbek('қаҳва ғишт ҳамма'));
});

test('Russian words that differ stay different', () => {
  const words = ['мой', 'мои', 'моё', 'стол', 'столы', 'дом', 'том', 'час', 'чаша', 'суд', 'сад', 'жар', 'зар'];
  expect(new Set(words.map(foldUzbek)).size).toBe(words.length);
});

test('a stop may be left out of Russian ё and е', () => {
  expect(foldUzbek('ещё всё')).toBe(foldUzbek('еще все'));
});
