import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { filesOf, type SourceFile, type SyntaxNode, sourceFiles, walk } from '../support/source-tree.ts';

const files = sourceFiles();

const VAGUE_NAMES = /^(index|utils?|helpers?|common|misc|shared)(\.|$)/;

function placesOf(file: SourceFile, matches: (node: SyntaxNode, text: string) => boolean): string[] {
  return [...walk(file.tree)]
    .filter((node) => matches(node, file.text.slice(node.start, node.end)))
    .map((node) => `${file.path}:${file.text.slice(0, node.start).split('\n').length}`);
}

test('file names are in kebab case and say what is inside', () => {
  const odd = filesOf('src/**/*.ts').filter(
    (path) => !/^[a-z0-9-]+(\.[a-z]+)*\.ts$/.test(basename(path)) || VAGUE_NAMES.test(basename(path)),
  );
  expect(odd).toEqual([]);
});

test('no folder is called utils, helpers or common', () => {
  expect(
    filesOf('src/**/*.ts').filter((path) =>
      path
        .split('/')
        .slice(1, -1)
        .some((folder) => VAGUE_NAMES.test(folder)),
    ),
  ).toEqual([]);
});

test('process.env is read in env.ts only', () => {
  const readers = files.flatMap((file) =>
    placesOf(file, (node, text) => node.type === 'MemberExpression' && text === 'process.env'),
  );
  expect(readers.filter((place) => !place.startsWith('src/env.ts:'))).toEqual([]);
});

test('core reads no clock and no random numbers: both are arguments', () => {
  const impure = (node: SyntaxNode, text: string): boolean =>
    (node.type === 'CallExpression' && /^(Date\.now|Math\.random|performance\.now)\(/.test(text)) ||
    (node.type === 'NewExpression' && /^new Date(\(\))?$/.test(text));
  expect(files.filter((file) => file.path.startsWith('src/core/')).flatMap((file) => placesOf(file, impure))).toEqual([]);
});

test('raw statements are never built from data: no Unsafe variant of the ORM is called', () => {
  const unsafe = (node: SyntaxNode, text: string): boolean =>
    node.type === 'MemberExpression' && /\.\$(query|execute)RawUnsafe$/.test(text);
  expect(files.flatMap((file) => placesOf(file, unsafe))).toEqual([]);
});

test('no test is skipped, narrowed down or without an assertion', () => {
  const isTest = (node: SyntaxNode, text: string): boolean =>
    node.type === 'CallExpression' && /^(test|it)\b/.test(text) && /^test(\.each)?\s*\(/.test(text);
  const tests = sourceFiles('tests/**/*.test.ts');
  const skipped = tests.flatMap((file) =>
    placesOf(file, (node, text) => node.type === 'MemberExpression' && /^(test|it|describe)\.(skip|only|todo|fails)$/.test(text)),
  );
  const silent = tests.flatMap((file) =>
    placesOf(file, (node, text) => isTest(node, text) && !text.startsWith('test.each') && !/expect|assert|property/i.test(text)),
  );
  expect({ skipped, silent }).toEqual({ skipped: [], silent: [] });
});

test('no test waits for time alone: it waits for what must come true, or names the pause', () => {
  const sleeps = sourceFiles('tests/**/*.test.ts').flatMap((file) =>
    placesOf(file, (node, text) => node.type === 'CallExpression' && /^setTimeout\((resolve|done)\b/.test(text)),
  );
  expect(sleeps).toEqual([]);
});
