import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeReturnTo } from '../../src/web/return-to.ts';
import { soak } from '../support/soak.ts';

test.each(['/', '/bots', '/bots/new?x=1#y', '/conversations?q=a%2Fb'])('%s is a path of this site', (path) => {
  expect(safeReturnTo(path, '/home')).toBe(path);
});

test.each([
  '',
  'bots',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '\\/evil.example',
  'https://evil.example',
  '/./..//evil.example',
  'javascript:alert(1)',
  undefined,
  ['/a'],
  { a: 1 },
])('%j is not', (value) => {
  expect(safeReturnTo(value, '/home')).toBe('/home');
});

test('a browser stays on our origin for any input', () => {
  const hostile = fc.string({ unit: fc.constantFrom('/', '\\', '.', '@', ':', '\t', '\n', '%', '2', 'f', 'e', '?', '#') });
  fc.assert(
    fc.property(hostile, (text) => {
      const place = safeReturnTo(`/${text}`, '/home');
      expect(new URL(place, 'https://bots.example').origin).toBe('https://bots.example');
    }),
    { numRuns: soak(500, 2_000) },
  );
});
