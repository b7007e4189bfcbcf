import { expect, test } from 'vitest';
import { cutLabel, distinctLabels, entryChoice, pressOf } from '../../src/core/choices.ts';

const ID = '01890000-0000-7000-8000-000000000009';

test('a press of an entry, of the person button, and of anything else', () => {
  expect(pressOf(entryChoice(ID), 'Manzil')).toEqual({ kind: 'text', text: 'Manzil', attachment: { choice: ID } });
  expect(pressOf('person', 'Xodim')).toEqual({ kind: 'command', text: '/human', command: 'human' });
  for (const forged of ['', 'entry:1', `entry:${ID}'; --`, `desk:${ID}`, 'person ']) expect(pressOf(forged, 'x')).toBeNull();
});

test('a label is cut between characters and says so', () => {
  expect(cutLabel('Yetkazib\n berish', 20)).toBe('Yetkazib berish');
  expect(cutLabel(`${'a'.repeat(18)}🍞🍞`, 20)).toBe(`${'a'.repeat(18)}…`);
});

test('cut and repeated labels are numbered, so that none is like another', () => {
  const of = (...labels: string[]) =>
    distinctLabels(
      labels.map((label, at) => ({ id: String(at), label })),
      20,
    );
  expect(of('Narx', 'Manzil')).toEqual(['Narx', 'Manzil']);
  expect(of('Narx', 'narx')).toEqual(['1. Narx', '2. narx']);
  expect(of('Yetkazib berish narxlari A', 'Manzil')).toEqual(['1. Yetkazib berish…', 'Manzil']);
});
