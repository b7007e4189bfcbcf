import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hoursText } from '../../src/core/business-facts.ts';
import { readHours } from '../../src/core/read-hours.ts';

const words = { closed: 'closed', always: 'always' };
const read = (text: string): string => {
  const result = readHours(text);
  return 'fault' in result ? result.fault : hoursText(result.hours, words);
};

test.each([
  ['9-18', '09:00–18:00'],
  ['9:00–18:00', '09:00–18:00'],
  ['09.00 - 18.30', '09:00–18:30'],
  ['9 00-18 00', '09:00–18:00'],
  ['0900-1800', '09:00–18:00'],
  ['9:00-13:00, 14:00-18:00', '09:00–13:00, 14:00–18:00'],
  ['14-18; 9-13', '09:00–13:00, 14:00–18:00'],
  ['9-13 va 14-18', '09:00–13:00, 14:00–18:00'],
  ['с 9 до 18', '09:00–18:00'],
  ['с 9-00 до 18-00', '09:00–18:00'],
  ['9-30-18-00', '09:30–18:00'],
  ['9-13-14-18', 'unreadable'],
  ['9 dan 18 gacha', '09:00–18:00'],
  ['soat 9:00 dan 18:00 gacha', '09:00–18:00'],
  ['9am-6pm', '09:00–18:00'],
  ['18:00-02:00', '18:00–02:00'],
  ['10-2', '10:00–02:00'],
  ['10:00-24:00', '10:00–24:00'],
  ['9-6', 'night'],
  ['9-9', 'unreadable'],
  ['21-6', '21:00–06:00'],
  ['9:00-06:00', '09:00–06:00'],
  ['dam olish', 'closed'],
  ['Dam olish kuni', 'closed'],
  ['дам олиш', 'closed'],
  ['Выходной', 'closed'],
  ['вых.', 'closed'],
  ['Yopiq', 'closed'],
  ['closed', 'closed'],
  ['-', 'closed'],
  ['24/7', 'always'],
  ['24 soat', 'always'],
  ['круглосуточно', 'always'],
  ['Kecha-yu kunduz', 'always'],
  ['00:00-24:00', 'always'],
  ['25-30', 'unreadable'],
  ['9:70-18', 'unreadable'],
  ['keyin aytaman', 'unreadable'],
  ['9', 'unreadable'],
])('%j is %s', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test('what is shown is read back as it was', () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  fc.assert(
    fc.property(minute, minute, (from, end) => {
      fc.pre(from !== end && !(from === 0 && end === 0));
      const hours = [{ from, to: end > from ? end : end + 1440 }];
      expect(readHours(hoursText(hours, words))).toEqual({ hours });
    }),
  );
});
