import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wantsPerson } from '../../src/core/wants-person.ts';

const { requests, others }: { requests: string[]; others: string[] } = JSON.parse(
  readFileSync(new URL('../fixtures/person-requests.json', import.meta.url), 'utf8'),
);
const businesses = ['bakery', 'clothes', 'courses', 'dental'].flatMap(
  (name): { category: string; text: string }[] =>
    JSON.parse(readFileSync(new URL(`../fixtures/answers/${name}.json`, import.meta.url), 'utf8')).questions,
);

test('95 in 100 requests for a person are recognised', () => {
  const missed = requests.filter((text) => !wantsPerson(text));
  expect(requests.length).toBeGreaterThanOrEqual(100);
  expect(missed.length / requests.length, missed.join(' | ')).toBeLessThanOrEqual(0.05);
});

test('at most 3 in 100 other messages are taken for one', () => {
  const wrong = others.filter(wantsPerson);
  expect(others.length).toBeGreaterThanOrEqual(100);
  expect(wrong.length / others.length, wrong.join(' | ')).toBeLessThanOrEqual(0.03);
});

test('questions to a business are not taken for one', () => {
  const questions = businesses.filter(({ category }) => category !== 'smalltalk').map(({ text }) => text);
  const wrong = questions.filter(wantsPerson);
  expect(questions.length).toBeGreaterThan(400);
  expect(wrong.length / questions.length, wrong.join(' | ')).toBeLessThanOrEqual(0.01);
});

test.each([
  'Operator bilan bogʻlang',
  'Позовите менеджера',
  'I want to talk to a human',
  'odam chaqiring',
  'оператор керак',
  'Переключите на человека',
  'хочу менеджера',
  'Customer service please',
  'соедините с поддержкой',
  'aperator kerak',
  'Sotuvchi bilan gaplashmoqchiman',
  'bot bilan gaplashishni xohlamayman',
  'Можно поговорить с кем-нибудь?',
  'Put me through to someone',
  'Can a human help me?',
  'Позовите продавца',
])('%s asks for a person', (text) => {
  expect(wantsPerson(text)).toBe(true);
});

test.each([
  'Вы живой человек?',
  'are you a real person?',
  'Am I talking to a real person?',
  'siz tirik odammisiz?',
  'хочу подарок человеку',
  'хочу стать менеджером',
  'admin panel bormi sizda',
  'вам нужен администратор?',
  'operatsiya kerak',
  'Can someone help me choose a cake?',
  'С кем можно прийти?',
  'Egasi kim?',
  'Do you support Uzcard?',
])('%s does not', (text) => {
  expect(wantsPerson(text)).toBe(false);
});

test('a long message is read quickly', () => {
  expect(wantsPerson('narxi qancha '.repeat(50_000))).toBe(false);
});
