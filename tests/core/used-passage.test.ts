import { expect, test } from 'vitest';
import { usedPassage } from '../../src/core/used-passage.ts';

const ENTRY = 'Narxlar\nObi non 4 000 soʻm\nTort 60 000 soʻm. Buyurtma bir kun oldin qilinadi.\nManzil: Chilonzor 5';

test.each([
  ['Tort 60 000 soʻm turadi, buyurtma bir kun oldin.', 'Tort 60 000 soʻm. … Buyurtma bir kun oldin qilinadi.'],
  ['Торт стоит 60000 сум.', 'Tort 60 000 soʻm.'],
  ['Biz Chilonzor 5 damiz', 'Manzil: Chilonzor 5'],
])('of %j', (answer, passage) => {
  expect(usedPassage(ENTRY, answer)).toBe(passage);
});

test('when nothing is alike it is the beginning, and it is never long', () => {
  expect(usedPassage('Yetkazib berish bepul', 'Delivery is free')).toBe('Yetkazib berish bepul');
  expect(usedPassage('a'.repeat(1_000), 'zzz')).toBe(`${'a'.repeat(300)}…`);
  expect(usedPassage('', 'zzz')).toBe('');
});
