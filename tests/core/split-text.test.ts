import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitText, type TextLimit } from '../../src/core/split-text.ts';

const utf16 = (max: number): TextLimit => ({ max, unit: 'utf16' });

test.each([
  ['', []],
  [' \n ', []],
  ['Short.', ['Short.']],
  ['First paragraph.\n\nSecond one.', ['First paragraph.', 'Second one.']],
  ['One sentence. Another one.', ['One sentence.', 'Another one.']],
  ['words without any dot here', ['words without any', 'dot here']],
  ['abcdefghijklmnopqrstuvwxyz', ['abcdefghijklmnopqrst', 'uvwxyz']],
])('%j is cut at the best break', (text, parts) => {
  expect(splitText(text, utf16(20))).toEqual(parts);
});

test('a joined emoji and a letter with its mark stay whole', () => {
  const family = '👨‍👩‍👧‍👦';
  expect(splitText(`${family}${family}`, utf16(15))).toEqual([family, family]);
  expect(splitText('aй'.normalize('NFD'), utf16(2))).toEqual(['a', 'й'.normalize('NFD')]);
});

test('bytes are counted where the channel counts bytes', () => {
  expect(splitText('Салом дунё', { max: 11, unit: 'utf8-bytes' })).toEqual(['Салом', 'дунё']);
});

test('every part fits, none is empty, nothing is lost and no letter is broken', () => {
  const anyText = fc.string({
    unit: fc.constantFrom('a', 'ў', ' ', '\n', '. ', '😀', '👨‍👩‍👧‍👦', 'é', '\n\n', 'word '),
    maxLength: 200,
  });
  const anyLimit = fc.record({
    max: fc.integer({ min: 4, max: 60 }),
    unit: fc.constantFrom('utf16' as const, 'utf8-bytes' as const),
  });
  fc.assert(
    fc.property(anyText, anyLimit, (text, limit) => {
      const parts = splitText(text, limit);
      const size = (part: string): number => (limit.unit === 'utf16' ? part.length : Buffer.byteLength(part));
      expect(parts.every((part) => part.trim() !== '' && size(part) <= limit.max && part.isWellFormed())).toBe(true);
      expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }),
  );
});
