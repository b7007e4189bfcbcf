import { readFileSync } from 'node:fs';
import type { Update } from 'grammy/types';
import { describe, expect, test } from 'vitest';
import { decodeUpdate } from '#channels/telegram/telegram.decode.ts';

const updates: Record<string, Update> = JSON.parse(
  readFileSync(new URL('../../fixtures/telegram/updates.json', import.meta.url), 'utf8'),
);
const bot = { id: 42, username: 'novvoy_bot' };
const decode = (name: string) => decodeUpdate(updates[name] as Update, bot);
const only = (name: string) => {
  const { messages } = decode(name);
  expect(messages).toHaveLength(1);
  return messages[0] as (typeof messages)[0];
};

test('a text message carries who, where and what', () => {
  expect(only('text')).toEqual({
    externalId: '501:11',
    chatId: '501',
    isGroup: false,
    addressed: true,
    sender: { platformUserId: '501', firstName: 'Dilnoza', lastName: 'Karimova', username: 'dilnoza', language: 'uz' },
    kind: 'text',
    text: 'Tort bormi?',
  });
});

test('a command has its name in lower case and keeps its payload in the text', () => {
  expect(only('start')).toMatchObject({ kind: 'command', command: 'start', text: '/Start promo42' });
});

test('a new wording is a message of its own', () => {
  expect(only('edited')).toMatchObject({ kind: 'edited', externalId: '501:11:e1795300060', text: 'Pirog bormi?' });
});

test('of a photo the largest size that can be downloaded is taken', () => {
  expect(only('photo')).toMatchObject({
    kind: 'photo',
    text: 'Shunaqasi kerak',
    attachment: { fileId: 'best', mimeType: 'image/jpeg', sizeBytes: 180_000 },
  });
});

test.each([
  ['voice', 'voice', { fileId: 'v1', mimeType: 'audio/ogg', sizeBytes: 9_000 }],
  ['audio', 'audio', { fileId: 'a1', mimeType: 'audio/mpeg', fileName: 'song.mp3', sizeBytes: 4_000_000 }],
  ['video', 'video', { fileId: 'm1', mimeType: 'video/mp4', sizeBytes: 700_000 }],
  ['video_note', 'video', { fileId: 'n1', mimeType: 'video/mp4', sizeBytes: 300_000 }],
  ['animation', 'video', { fileId: 'g1', mimeType: 'video/mp4', sizeBytes: 90_000 }],
  ['document', 'document', { fileId: 'd1', mimeType: 'application/pdf', fileName: 'chek.pdf', sizeBytes: 52_000 }],
  ['sticker', 'sticker', { fileId: 's1', emoji: '🎂', sizeBytes: 20_000 }],
  ['contact', 'contact', { phone: '+998901234567' }],
  ['location', 'location', { latitude: 41.3111, longitude: 69.2797 }],
  ['venue', 'location', { latitude: 41.3, longitude: 69.3 }],
])('%s is a %s with what is needed to use it', (name, kind, attachment) => {
  expect(only(name)).toMatchObject({ kind, text: '', attachment });
});

test('a poll is something we have no word for', () => {
  expect(only('poll')).toMatchObject({ kind: 'other', text: '' });
});

test.each([
  'edited_live_location',
  'service_pinned',
  'from_bot',
  'channel_post',
  'channel_forward',
  'unknown_kind',
  'kicked_from_group',
])('%s says nothing to us', (name) => {
  expect(decode(name)).toEqual({ messages: [], events: [] });
});

describe('in a group', () => {
  test.each([
    'group_mention',
    'group_text_mention',
    'group_reply',
    'group_command_ours',
    'group_command_bare',
    'group_caption_mention',
  ])('%s is addressed to the bot', (name) => {
    expect(only(name)).toMatchObject({ isGroup: true, addressed: true });
  });

  test.each(['group_plain', 'group_other_mention', 'group_command_unknown', 'group_command_other'])('%s is not', (name) => {
    expect(only(name)).toMatchObject({ isGroup: true, addressed: false });
  });

  test("a command with our name is ours, with another's it is mere text", () => {
    expect(only('group_command_ours')).toMatchObject({ kind: 'command', command: 'help' });
    expect(only('group_command_other')).toMatchObject({ kind: 'text' });
  });
});

test.each([
  ['blocked', false],
  ['unblocked', true],
])('%s tells whether the customer can be reached', (name, reachable) => {
  expect(decode(name)).toEqual({ messages: [], events: [{ kind: 'reachability', platformUserId: '501', reachable }] });
});

test('a pressed button is to be answered', () => {
  expect(decode('callback').events).toEqual([{ kind: 'callback', callbackId: 'cb1' }]);
});
