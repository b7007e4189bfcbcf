import { expect, test } from 'vitest';
import { placeNotes } from '../../../src/features/conversations/place-notes.ts';

const at = (minute: number) => ({ minute, createdAt: new Date(minute * 60_000) });

test('each note stands before the first message that is younger, the others after the last', () => {
  const { items, lastNotes } = placeNotes([at(10), at(20), at(30)], [at(5), at(20), at(25), at(31), at(32)]);
  expect(items.map(({ minute, notes }) => [minute, notes.map((note) => note.minute)])).toEqual([
    [10, [5]],
    [20, []],
    [30, [20, 25]],
  ]);
  expect(lastNotes.map(({ minute }) => minute)).toEqual([31, 32]);
});
