import { expect, test } from 'vitest';
import { isLate, platformTime } from '../../src/core/platform-time.ts';

const moment = new Date('2026-11-24T12:30:15.000Z');

test.each([
  ['seconds as text (WhatsApp)', '1795523415'],
  ['seconds (Telegram)', 1_795_523_415],
  ['milliseconds (Instagram)', 1_795_523_415_000],
  ['milliseconds as text', '1795523415000'],
  ['microseconds', 1_795_523_415_000_000],
])('%s are the same moment', (_name, value) => {
  expect(platformTime(value)).toEqual(moment);
});

test.each([
  ['missing', undefined],
  ['null', null],
  ['zero', 0],
  ['text that is no number', 'yesterday'],
  ['empty text', ''],
  ['negative', -1_795_523_415],
  ['of the year 1970', '86400'],
  ['beyond all clocks', 1e20],
  ['not finite', Number.NaN],
  ['an object', { seconds: 1 }],
])('a timestamp that is %s is no time', (_name, value) => {
  expect(platformTime(value)).toBeUndefined();
});

test.each([
  ['10 minutes', 10, false],
  ['59 minutes', 59, false],
  ['2 hours', 120, true],
  ['20 hours', 1_200, true],
  ['3 days', 4_320, true],
  ['a year, which no platform waits', 525_600, false],
])('after %s', (_name, minutes, late) => {
  expect(isLate(minutes * 60_000)).toBe(late);
});
