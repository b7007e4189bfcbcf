import { expect, test } from 'vitest';
import { mergedPairs } from '../../src/core/merge-questions.ts';

const question = (id: string, words: string, { age = 0, hasEntry = false } = {}) => ({
  ...{ id, words, hasEntry },
  createdAt: new Date(1_000_000 - age),
});

test('the oldest question stays, and the others go into it', () => {
  const questions = [question('a', 'park bormi'), question('b', 'есть стоянка?', { age: 5 }), question('c', 'parking?')];
  expect(mergedPairs([['a', 'b', 'c']], questions)).toEqual([
    { from: 'a', into: 'b' },
    { from: 'c', into: 'b' },
  ]);
});

test('one with an entry stays, whatever its age; of two with an entry both do', () => {
  const [old, young] = [question('a', 'x', { age: 9 }), question('b', 'y', { hasEntry: true })];
  expect(mergedPairs([['a', 'b']], [old, young])).toEqual([{ from: 'a', into: 'b' }]);
  expect(mergedPairs([['b', 'c']], [young, question('c', 'z', { hasEntry: true })])).toEqual([]);
});

test('questions that differ in a number stay apart, also when the model says otherwise', () => {
  const questions = [
    question('a', '2 xonali uy narxi'),
    question('b', 'цена трёхкомнатной'),
    question('c', 'ikki xonali necha pul'),
  ];
  expect(mergedPairs([['a', 'b', 'c']], questions)).toEqual([{ from: 'c', into: 'a' }]);
});

test.each([
  ['a single id', [['a']]],
  ['one id twice', [['a', 'a']]],
  ['ids that were not given', [['a', 'z'], ['y']]],
  ['a group of nearly everything', [Array.from({ length: 13 }, (_, at) => `n${at}`)]],
])('%s merges nothing', (_name, groups) => {
  const many = Array.from({ length: 13 }, (_, at) => question(`n${at}`, 'nima'));
  expect(mergedPairs(groups, [question('a', 'x'), question('b', 'y'), ...many])).toEqual([]);
});

test('a question goes into one other only', () => {
  const questions = ['a', 'b', 'c'].map((id, at) => question(id, id, { age: at }));
  expect(
    mergedPairs(
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      questions,
    ),
  ).toEqual([{ from: 'a', into: 'b' }]);
});
