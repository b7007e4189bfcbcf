import { expect, test } from 'vitest';
import { BUDGET, functionsOf, longLines, quantile } from '../support/source-measures.ts';
import { filesOf, lineCount, sourceFiles, textOf } from '../support/source-tree.ts';

const files = sourceFiles();
const scripts = sourceFiles('public/js/**/*.js');

test(`no source file is longer than ${BUDGET.fileLines} lines`, () => {
  const long = [...files, ...scripts].filter((file) => file.lines > BUDGET.fileLines);
  expect(long.map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
});

test('half of the source files have at most 70 lines, nine in ten at most 180', () => {
  const lines = files.map((file) => file.lines);
  expect(quantile(lines, 0.5)).toBeLessThanOrEqual(70);
  expect(quantile(lines, 0.9)).toBeLessThanOrEqual(180);
});

test(`no function has more than ${BUDGET.functionLines} lines of its own`, () => {
  const long = [...files, ...scripts].flatMap(functionsOf).filter(({ ownLines }) => ownLines > BUDGET.functionLines);
  expect(long.map(({ at, ownLines }) => `${at}: ${ownLines}`)).toEqual([]);
});

test(`no view is longer than ${BUDGET.viewLines} lines`, () => {
  const views = filesOf('views/**/*.njk').map((path) => ({ path, lines: lineCount(textOf(path)) }));
  expect(views.filter((view) => view.lines > BUDGET.viewLines).map((view) => `${view.path}: ${view.lines}`)).toEqual([]);
});

test(`no line of a statement is longer than ${BUDGET.lineChars} characters`, () => {
  expect(longLines('src/**/*.sql')).toEqual([]);
});
