import { expect, test } from 'vitest';
import { broadcastParts, type PartRules } from '../../src/core/broadcast-parts.ts';

const TELEGRAM: PartRules = {
  text: { max: 4_096, unit: 'utf16' },
  caption: { max: 1_024, unit: 'utf16' },
  button: { text: { max: 4_096, unit: 'utf16' }, maxLabel: 64 },
};
const WHATSAPP: PartRules = { ...TELEGRAM, button: { text: { max: 1_024, unit: 'utf16' }, maxLabel: 20 } };
const INSTAGRAM: PartRules = {
  text: { max: 1_000, unit: 'utf8-bytes' },
  caption: null,
  button: { text: { max: 640, unit: 'utf16' }, maxLabel: 20 },
};
const button = { label: 'Menu', url: 'https://example.com' };
const message = { text: 'New bread', button: null, photo: false, optOut: 'Send /stop' };
const long = (chars: number): string => 'word '.repeat(chars / 5).trim();

test('every message ends with how to opt out', () => {
  expect(broadcastParts(message, TELEGRAM)).toEqual([{ text: 'New bread\n\nSend /stop', photo: false, button: null }]);
});

test('a text that fits is the photo’s caption, otherwise it follows', () => {
  expect(broadcastParts({ ...message, photo: true, button }, WHATSAPP)).toEqual([
    { text: 'New bread\n\nSend /stop', photo: true, button },
  ]);
  const parts = broadcastParts({ ...message, text: long(1_500), photo: true, button }, TELEGRAM);
  expect(parts.map(({ photo }) => photo)).toEqual([true, false]);
  expect(parts.map((part) => part.button)).toEqual([null, button]);
  expect(broadcastParts({ ...message, photo: true }, INSTAGRAM).map(({ text }) => text)).toEqual(['', 'New bread\n\nSend /stop']);
});

test.each([
  ['words too long for a button on WhatsApp', long(1_100), button, WHATSAPP],
  ['words too long for a button on Instagram', long(700), button, INSTAGRAM],
  ['a label too long for a button', 'New bread', { ...button, label: 'The whole menu of the week' }, WHATSAPP],
  ['a channel without buttons', 'New bread', button, { ...TELEGRAM, button: null }],
])('%s: the link is written out before how to opt out', (_what, text, wanted, rules) => {
  const parts = broadcastParts({ ...message, text, button: wanted }, rules);
  expect(parts.map((part) => part.button)).toEqual([null]);
  expect(parts[0]?.text.endsWith(`${wanted.label}: ${wanted.url}\n\nSend /stop`)).toBe(true);
});
