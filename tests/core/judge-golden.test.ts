import { expect, test } from 'vitest';
import { judgeGolden } from '../../src/core/judge-golden.ts';

const said = (text: string) => ({ text, mode: 'ai', status: 'answered' }) as const;
const rule = (mustContain: string[], mustNotContain: string[] = []) => ({ mustContain, mustNotContain, mustRefuse: false });

test.each([
  ['120 000', 'Medovik torti 120 000 soʻm.'],
  ['120 000', 'Medovik 120000 soʻm turadi'],
  ['120 000 soʻm', 'Торт Медовик стоит 120 тысяч сум.'],
  ['120 ming', 'Narxi 120 000 soʻm'],
  ['medovik 120 000', 'Tort “Medovik”: 1 kg 120 000 soʻm'],
  ['toʻlov naqd', 'Бизда тўлов нақд.'],
  ['Доставка', "Dostavkamiz bor, 15 000 so'm"],
  ['+998 90 123-45-67', 'Telefon: 90 123 45 67'],
  ['9:00', 'Soat 09:00 dan ishlaymiz'],
  ['3', 'Kurs 3 oy davom etadi'],
  ['10%', 'Chegirma 10 foiz'],
])('%s is in “%s”', (words, text) => {
  expect(judgeGolden(rule([words]), said(text))).toEqual({ right: true, missing: [], unwanted: [] });
});

test.each([
  ['120 000', 'Medovik torti 12 000 soʻm.'],
  ['120 000', 'Medovik torti 1 120 000 soʻm.'],
  ['3', 'Kurs 30 kun, 13 dars'],
  ['Medovik', 'Napoleon torti bor'],
  ['9:00', '19:00 gacha'],
])('%s is not in “%s”', (words, text) => {
  expect(judgeGolden(rule([words]), said(text))).toEqual({ right: false, missing: [words], unwanted: [] });
});

test('what must not be there makes an answer wrong, and is named', () => {
  const verdict = judgeGolden(rule(['somsa'], ['9 750', 'chegirma']), said('Somsa 9750 soʻm, skidka yoʻq'));
  expect(verdict).toEqual({ right: false, missing: [], unwanted: ['9 750'] });
});

test.each([
  ['unknown', 'ai', true],
  ['wants_person', 'ai', true],
  ['off_topic', 'ai', true],
  [null, 'fallback', true],
  ['answered', 'ai', false],
  [null, 'knowledge', false],
] as const)('must be refused: status %s of mode %s is right: %s', (status, mode, right) => {
  const refusing = { mustContain: [], mustNotContain: [], mustRefuse: true };
  expect(judgeGolden(refusing, { text: 'Aniqlab yozamiz', status, mode }).right).toBe(right);
  const answering = judgeGolden(rule([]), { text: 'Ha', status, mode }).right;
  expect(answering).toBe(!right);
});
