import { expect, test } from 'vitest';
import { readSuggestions, withOwnersList, withSuggestions } from '../../src/core/entry-questions.ts';

test.each([
  ['JSON', '{"questions":["Narxi qancha?"],"summary":"Narxlar"}'],
  ['JSON in a fence', '```json\n{"questions":["Narxi qancha?"],"summary":"Narxlar"}\n```'],
])('questions are read from %s', (_name, text) => {
  expect(readSuggestions(text)).toEqual({ questions: ['Narxi qancha?'], summary: 'Narxlar' });
});

test.each([
  '',
  'no JSON',
  '[]',
  'null',
  '{"questions":"one"}',
  '{"questions":[]}',
  '{"questions":[1,{}]}',
  '{"questions":["a", "?"]}',
])('nothing is read from %j', (text) => {
  expect(readSuggestions(text)).toBeNull();
});

test('links, addresses, repeats, long and further lines are left out', () => {
  const questions = [
    'Narxi qancha?',
    'narxi  qancha',
    'Нархи қанча?',
    'Yozing: https://evil.example',
    'evil.uz saytiga kiring',
    'write to a@b.co',
    'x'.repeat(201),
    'two\nlines\u200b here',
    ...Array.from({ length: 30 }, (_, i) => `question number ${i}`),
  ];
  const read = readSuggestions(JSON.stringify({ questions, summary: 'See https://evil.example' }));
  expect(read?.questions.slice(0, 3)).toEqual(['Narxi qancha?', 'two lines here', 'question number 0']);
  expect(read?.questions).toHaveLength(15);
  expect(read?.summary).toBe('');
});

test("the owner's list keeps suggestions as they are, makes the rest the owner's, and refuses what is missing", () => {
  const lists = { suggested: ['A one', 'B two', 'C three'], own: ['Mine old'], refused: ['Z gone'] };
  expect(withOwnersList(lists, ['Mine new', 'A one', 'C three changed', 'z gone!'])).toEqual({
    suggested: ['A one'],
    own: ['Mine new', 'C three changed', 'z gone!'],
    refused: ['B two', 'C three'],
  });
});

test('what the owner wrote or removed is not suggested again, whatever its case and script', () => {
  const lists = { suggested: [], own: ['Narxi qancha?'], refused: ['Where are you?'] };
  expect(withSuggestions(lists, ['нархи қанча', 'where are you', 'Soat nechagacha?'])).toEqual(['Soat nechagacha?']);
});
