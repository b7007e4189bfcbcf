import { expect, test } from 'vitest';
import { filesOf, textOf } from '../support/source-tree.ts';

const sheets = filesOf('public/css/*.css').filter((path) => !path.endsWith('/tokens.css'));
const found = (pattern: RegExp): string[] =>
  sheets.flatMap((path) =>
    (
      textOf(path)
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .match(pattern) ?? []
    ).map((text) => `${path}: ${text}`),
  );

test('colours are defined in tokens.css; other sheets use their names', () => {
  expect(found(/#[0-9a-f]{3,8}\b(?=[^{}]*;)|\b(?:rgb|rgba|hsl|hsla)\([^)]*\)/gi)).toEqual([]);
});

test('no sheet but tokens.css sets a text size in pixels', () => {
  expect(found(/font-size:\s*[\d.]+px/g)).toEqual([]);
});

test('every custom property that a sheet reads is defined in some sheet or by Bootstrap', () => {
  const all = filesOf('public/css/*.css')
    .map((path) => textOf(path))
    .join('\n');
  const defined = new Set([...all.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
  const read = [...all.matchAll(/var\((--(?!bs-)[\w-]+)/g)].map(([, name]) => name);
  expect(read.filter((name) => !defined.has(name))).toEqual([]);
});
