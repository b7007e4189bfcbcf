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

const declarations = found(/[^{};]+:[^{};]+;/g);
const allButMedia = (pattern: RegExp): string[] => declarations.filter((text) => !text.includes('@media') && pattern.test(text));

// Lines and outlines are 1 or 2 px thick, and what is moved by a pressed button is 1 px. Space around words is in em.
test('sizes come from the scales in tokens.css; other sheets have no rem, and of px only 1 and 2', () => {
  expect(allButMedia(/\d(?:rem|pt|cm|mm)\b|(?<![\w.-])-?(?:[03-9]|[12]\d+|[12]?\.\d+|\d{2,})(?:\.\d+)?px/)).toEqual([]);
});

test('text has one of seven sizes and three weights', () => {
  const sizes = allButMedia(/font-size:/).map((text) => text.split('font-size:')[1]?.trim());
  expect(sizes.filter((size) => !/^(?:var\(--f|inherit|[\d.]+em|clamp\(var\(--font|calc\(var\(--font)/.test(size ?? ''))).toEqual(
    [],
  );
  expect(allButMedia(/font-weight:(?! ?var\(--weight-|.*\binherit)/)).toEqual([]);
});

test('pages change their shape at three widths', () => {
  const widths = found(/@media[^{]*/g).flatMap((text) => text.match(/\d+px/g) ?? []);
  expect([...new Set(widths)].sort()).toEqual(['576px', '768px', '992px']);
});

test.each([
  ['space', 6],
  ['font', 7],
  ['weight', 3],
])('the scale of %s has %i steps', (name, steps) => {
  const names = textOf('public/css/tokens.css').matchAll(new RegExp(`--${name}-[\\w]+(?=:)`, 'g'));
  expect([...names]).toHaveLength(steps);
});

test('every custom property that a sheet reads is defined in some sheet or by Bootstrap', () => {
  const all = filesOf('public/css/*.css')
    .map((path) => textOf(path))
    .join('\n');
  const defined = new Set([...all.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
  const read = [...all.matchAll(/var\((--(?!bs-)[\w-]+)/g)].map(([, name]) => name);
  expect(read.filter((name) => !defined.has(name))).toEqual([]);
});
