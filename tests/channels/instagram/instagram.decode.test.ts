import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeInstagram } from '../../../src/channels/instagram/instagram.decode.ts';

interface Fixture {
  source: string;
  date: string;
  event: Record<string, unknown>;
}
const file = join(import.meta.dirname, '../../fixtures/instagram/events.json');
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Fixture>;
const [US, CUSTOMER] = ['17841400000000001', '6843250472390123'];

const decode = (event: object, senderId = CUSTOMER, recipientId = US) =>
  decodeInstagram({
    object: 'instagram',
    entry: [
      {
        id: US,
        time: 1_795_300_000_000,
        messaging: [{ sender: { id: senderId }, recipient: { id: recipientId }, timestamp: 1_795_300_000_000, ...event }],
      },
    ],
  })[0]?.events;
const eventsOf = (name: string) => decode(fixtures[name]?.event ?? {});

const from = (externalId: string, content: object) => ({
  kind: 'message',
  message: { externalId, chatId: CUSTOMER, isGroup: false, addressed: true, sender: { platformUserId: CUSTOMER }, ...content },
});
const cdn = (id: number) => `https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=${id}`;

test.each([
  ['text', { kind: 'text', text: 'Сколько стоит торт? 🎂' }],
  ['command', { kind: 'command', text: '/language ru', command: 'language' }],
  ['quick_reply', { kind: 'text', text: 'Yetkazib berish' }],
  ['postback', { kind: 'text', text: 'Ish vaqti qanday?' }],
  ['image', { kind: 'photo', text: '', attachment: { fileId: `${cdn(1)}&signature=AbC`, mimeType: 'image/jpeg' } }],
  ['audio', { kind: 'voice', text: '', attachment: { fileId: cdn(3), mimeType: 'audio/mp4' } }],
  ['video', { kind: 'video', text: '', attachment: { fileId: cdn(4), mimeType: 'video/mp4' } }],
  ['file', { kind: 'document', text: '', attachment: { fileId: cdn(5) } }],
  ['share', { kind: 'other', text: 'Shu bormi?' }],
  ['reel', { kind: 'other', text: '' }],
  ['story_reply', { kind: 'text', text: 'Narxi qancha?' }],
  ['story_mention', { kind: 'mention', text: '', quiet: true }],
  ['unsupported', { kind: 'other', text: '' }],
])('%s is the customer’s message', (name, content) => {
  expect(eventsOf(name)).toEqual([from(`mid.${name}`, content)]);
});

test('several attachments are parts with ids of their own; the text goes with the first', () => {
  const photo = (id: number, text: string) => ({ kind: 'photo', text, attachment: { fileId: cdn(id), mimeType: 'image/jpeg' } });
  expect(eventsOf('several')).toEqual([from('mid.several', photo(1, 'Qaysi biri?')), from('mid.several#1', photo(2, ''))]);
});

test('a reaction is kept quietly; an edit is a new wording; a postback without an id gets one from its time', () => {
  const reaction = { kind: 'reaction', text: '', attachment: { emoji: '❤️' }, quiet: true };
  expect(eventsOf('reaction')).toEqual([from('reaction:1795300000000:mid.ours', reaction)]);
  expect(eventsOf('edit')).toEqual([from('mid.text:1', { kind: 'edited', text: 'Сколько стоит пирог?' })]);
  expect(decode({ postback: { payload: 'HOURS' } })).toEqual([
    from(`postback:${CUSTOMER}:1795300000000`, { kind: 'text', text: 'HOURS' }),
  ]);
});

test('what was read, and what was taken back', () => {
  expect(eventsOf('read')).toEqual([{ kind: 'receipt', externalId: 'mid.ours', chatIds: [CUSTOMER], state: 'read' }]);
  expect(eventsOf('deletion')).toEqual([{ kind: 'deletion', externalId: 'mid.text', chatId: CUSTOMER }]);
});

test('what we sent comes back as an echo in the customer’s chat, flagged or not', () => {
  const echo = { kind: 'echo', externalId: 'mid.echo', chatId: CUSTOMER, messageKind: 'text', text: 'Salom' };
  expect(decode({ message: { mid: 'mid.echo', text: 'Salom', is_echo: true } }, US, CUSTOMER)).toEqual([echo]);
  expect(decode({ message: { mid: 'mid.echo', text: 'Salom' } }, US, CUSTOMER)).toEqual([echo]);
});

test.each([
  ['reaction_removed', 'reaction taken back'],
  ['referral', 'event referral'],
])('%s is ignored by name', (name, what) => {
  expect(eventsOf(name)).toEqual([{ kind: 'ignored', what }]);
});

test('messages may come as changes, as the dashboard’s test button sends them; comments are not for us', () => {
  const value = { sender: { id: CUSTOMER }, recipient: { id: US }, timestamp: '1', message: { mid: 'm', text: 'test' } };
  const changes = [
    { field: 'messages', value },
    { field: 'comments', value: { id: '1', text: 'nice' } },
  ];
  const [account] = decodeInstagram({ object: 'instagram', entry: [{ id: US, changes, standby: [value] }] });
  expect(account?.events).toEqual([
    from('m', { kind: 'text', text: 'test' }),
    { kind: 'ignored', what: 'field comments' },
    { kind: 'ignored', what: 'standby' },
  ]);
});

test('every fixture says where it is from and when it was read', () => {
  for (const { source, date } of Object.values(fixtures)) expect([source.length > 5, date]).toEqual([true, '2026-11']);
});

test('any JSON whatever is read without an error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (one, two, three) => {
      const ids = { sender: { id: CUSTOMER }, recipient: { id: US } };
      const messaging = [
        one,
        { ...ids, message: two },
        { ...ids, postback: three, reaction: one },
        { ...ids, read: two },
        { ...ids, message_edit: three },
      ];
      const messages = [{ mid: 'm', text: one, attachments: [two, { type: three }] }].map((message) => ({ ...ids, message }));
      const accounts = decodeInstagram({
        object: 'instagram',
        entry: [{ id: US, messaging: [...messaging, ...messages], changes: [one], standby: two }, three],
      });
      expect(Array.isArray(accounts)).toBe(true);
    }),
  );
});
