import { expect, test } from 'vitest';
import {
  childrenOf,
  filesOf,
  lineCount,
  type SourceFile,
  type SyntaxNode,
  sourceFiles,
  textOf,
  walk,
} from '../support/source-tree.ts';

const files = sourceFiles();
const scripts = sourceFiles('public/js/**/*.js');

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 60;
const MAX_VIEW_LINES = 120;

/** The value below which `share` of the values lie. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

const isFunction = (node: SyntaxNode): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
const linesOf = (file: SourceFile, node: SyntaxNode): number => file.text.slice(node.start, node.end).split('\n').length;

/** A function's own lines: those of the functions inside it count for them, so that a factory may hold many small ones. */
function ownLines(file: SourceFile, node: SyntaxNode): number {
  const nested = childrenOf(node).flatMap(outermostFunctions);
  return linesOf(file, node) - nested.reduce((sum, inner) => sum + linesOf(file, inner) - 1, 0);
}

function outermostFunctions(node: SyntaxNode): SyntaxNode[] {
  return isFunction(node) ? [node] : childrenOf(node).flatMap(outermostFunctions);
}

test(`no source file is longer than ${MAX_FILE_LINES} lines`, () => {
  const long = [...files, ...scripts].filter((file) => file.lines > MAX_FILE_LINES);
  expect(long.map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
});

test('half of the source files have at most 70 lines, nine in ten at most 180', () => {
  const lines = files.map((file) => file.lines);
  expect(quantile(lines, 0.5)).toBeLessThanOrEqual(70);
  expect(quantile(lines, 0.9)).toBeLessThanOrEqual(180);
});

test(`no function has more than ${MAX_FUNCTION_LINES} lines of its own`, () => {
  const long = [...files, ...scripts].flatMap((file) =>
    [...walk(file.tree)]
      .filter((node) => isFunction(node) && ownLines(file, node) > MAX_FUNCTION_LINES)
      .map((node) => `${file.path}:${file.text.slice(0, node.start).split('\n').length}: ${ownLines(file, node)} lines`),
  );
  expect(long).toEqual([]);
});

test(`no view is longer than ${MAX_VIEW_LINES} lines`, () => {
  const views = filesOf('views/**/*.njk').map((path) => ({ path, lines: lineCount(textOf(path)) }));
  expect(views.filter((view) => view.lines > MAX_VIEW_LINES).map((view) => `${view.path}: ${view.lines}`)).toEqual([]);
});
