import { expect, test } from 'vitest';
import { usedPassages } from '../../src/core/used-passage.ts';

const of = (content: string, answer: string): string | undefined => usedPassages([{ content }], answer)[0];
const ENTRY = 'Narxlar\nObi non 4 000 soʻm\nTort 60 000 soʻm. Buyurtma bir kun oldin qilinadi.\nManzil: Chilonzor 5';

test.each([
  ['Tort 60 000 soʻm turadi, buyurtma bir kun oldin.', 'Tort 60 000 soʻm. … Buyurtma bir kun oldin qilinadi.'],
  ['Торт стоит 60000 сум.', 'Tort 60 000 soʻm.'],
  ['Biz Chilonzor 5 damiz', 'Manzil: Chilonzor 5'],
])('of %j', (answer, passage) => {
  expect(of(ENTRY, answer)).toBe(passage);
});

test('when nothing is alike it is the beginning, and it is never long', () => {
  expect(of('Yetkazib berish bepul', 'Delivery is free')).toBe('Yetkazib berish bepul');
  expect(of('a'.repeat(1_000), 'zzz')).toBe(`${'a'.repeat(300)}…`);
  expect(of('', 'zzz')).toBe('');
});
