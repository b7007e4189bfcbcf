import { expect, test } from 'vitest';
import { questionTitle } from '../../src/core/question-title.ts';

test.each([
  ['Assalomu alaykum, necha xil tort bor?', 'Necha xil tort bor?'],
  ['assalomu alaykum tort bormi', 'Tort bormi'],
  ['Ассалому алайкум! Наполеон неча пул?', 'Наполеон неча пул?'],
  ['Здравствуйте, есть ли безглютеновый хлеб?', 'Есть ли безглютеновый хлеб?'],
  ['Добрый день. Вы печёте\nна заказ?', 'Вы печёте на заказ?'],
  ['hello do you bake vegan cakes', 'Do you bake vegan cakes'],
  ['aleykum', 'Aleykum'],
  ['salom', 'Salom'],
  ['Skidka bormi, 5 ta olsam?', 'Skidka bormi, 5 ta olsam?'],
  ['', ''],
])('of %j the title is %j', (question, title) => {
  expect(questionTitle(question)).toBe(title);
});

test('a title has at most 200 characters and no half of one', () => {
  expect(questionTitle('😀'.repeat(150)).isWellFormed()).toBe(true);
  expect(questionTitle('x'.repeat(500))).toHaveLength(200);
});
