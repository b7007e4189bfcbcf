import { expect, test } from 'vitest';
import { createFormats } from '../../src/platform/formats.ts';

const now = '2026-11-22T11:00:00Z';
const inTashkent = (language: 'en' | 'ru' | 'uz') => createFormats(language, 'Asia/Tashkent');
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  ['en', '3 December 2026'],
  ['ru', '3 декабря 2026 г.'],
  ['uz', '3-dekabr, 2026'],
] as const)('a date in %s is %s', (language, expected) => {
  expect(plain(inTashkent(language).formatDate('2026-12-02T20:00:00Z'))).toBe(expected);
});

test.each([
  ['en', '09:30', '21 November, 23:30', '31 December 2025'],
  ['ru', '09:30', '21 ноября, 23:30', '31 декабря 2025 г.'],
  ['uz', '09:30', '21-noyabr, 23:30', '31-dekabr, 2025'],
] as const)('a recent moment in %s is today %s, this year %s, else %s', (language, today, thisYear, earlier) => {
  const { formatRecent } = inTashkent(language);

  expect(formatRecent('2026-11-22T04:30:00Z', now)).toBe(today);
  expect(formatRecent('2026-11-21T18:30:00Z', now)).toBe(thisYear);
  expect(plain(formatRecent('2025-12-31T10:00:00Z', now))).toBe(earlier);
});

test.each([
  ['en', '99 000 soʻm'],
  ['ru', '99 000 сум'],
  ['uz', '99 000 soʻm'],
] as const)('money in %s is %s, without decimals and without a line break', (language, expected) => {
  expect(inTashkent(language).formatMoney(99_000)).toBe(expected.replaceAll(' ', '\u00a0'));
});
