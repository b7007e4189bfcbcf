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

test('a text message has sender, chat and text', () => {
  expect(only('text')).toEqual({
    externalId: '501:11',
    chatId: '501',
    isGroup: false,
    addressed: true,
    sender: { platformUserId: '501', firstName: 'Dilnoza', lastName: 'Karimova', username: 'dilnoza', language: 'uz' },
    kind: 'text',
    text: 'Tort bormi?',
    writtenAt: new Date(1_795_300_000_000),
  });
});

test('a command has its name in lower case and keeps its payload in the text', () => {
  expect(only('start')).toMatchObject({ kind: 'command', command: 'start', text: '/Start promo42' });
});

test('an edit is a separate message', () => {
  expect(only('edited')).toMatchObject({ kind: 'edited', externalId: '501:11:e1795300060', text: 'Pirog bormi?' });
  expect(only('edited').writtenAt).toEqual(new Date(1_795_300_060_000));
});

test('the largest downloadable size of a photo is used', () => {
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
])('%s is a %s with its fields', (name, kind, attachment) => {
  expect(only(name)).toMatchObject({ kind, text: '', attachment });
});

test('a poll has the kind `other`', () => {
  expect(only('poll')).toMatchObject({ kind: 'other', text: '' });
});

test.each([
  'edited_live_location',
  'service_pinned',
  'from_bot',
  'channel_post',
  'channel_forward',
  'unknown_kind',
])('%s is empty', (name) => {
  expect(decode(name)).toEqual({ messages: [], events: [] });
});

const CHAT = { id: 501, type: 'private', first_name: 'Lola' } as const;
const FROM = { id: 501, is_bot: false, first_name: 'Lola' };
const sent = (rest: object) =>
  decodeUpdate(
    { update_id: 1, message: { message_id: 9, date: 1, chat: CHAT, from: FROM, text: 'Bormi?', ...rest } } as Update,
    bot,
  ).messages[0];
const earlier = (rest: object) => ({ message_id: 5, date: 1, chat: CHAT, from: FROM, ...rest });

test.each<[string, object, object | undefined]>([
  ['a reply', { reply_to_message: earlier({ text: 'Napoleon 120 000' }) }, { kind: 'message', text: 'Napoleon 120 000' }],
  ['a reply to a photo', { reply_to_message: earlier({ caption: 'Yangi tort' }) }, { kind: 'message', text: 'Yangi tort' }],
  [
    'a quote of a part',
    { reply_to_message: earlier({ text: 'Non 5 000, tort 120 000' }), quote: { text: 'tort 120 000', position: 10 } },
    { kind: 'message', text: 'tort 120 000' },
  ],
  [
    'a comment on a post',
    { reply_to_message: earlier({ caption: 'Chegirma 20 %', is_automatic_forward: true }) },
    { kind: 'post', text: 'Chegirma 20 %' },
  ],
  [
    'a quote from a channel',
    { external_reply: { origin: { type: 'channel' } }, quote: { text: 'Kurs 15-dekabrdan', position: 0 } },
    { kind: 'post', text: 'Kurs 15-dekabrdan' },
  ],
  ['a message in a topic', { reply_to_message: earlier({ forum_topic_created: { name: 'Savollar' } }) }, undefined],
])('%s points at the words it answers', (_, rest, refersTo) => {
  expect(sent(rest)?.refersTo).toEqual(refersTo);
});

test('the photos of an album are told apart from a single one', () => {
  expect([sent({ media_group_id: '77' })?.album, sent({})?.album]).toEqual(['77', undefined]);
});

const GROUP = { id: -700, type: 'supergroup', title: 'Mahalla' };
const OUR_NAME = '@novvoy_bot';

/** A text of a group; `@us` stands for the bot's name, and is an entity as Telegram makes it. */
const inGroup = (words: string, rest: object = {}) => {
  const text = words.replaceAll('@us', OUR_NAME);
  const entities = [...text.matchAll(/@novvoy_bot/gi)].map(({ index }) => ({
    type: 'mention',
    offset: index,
    length: OUR_NAME.length,
  }));
  return sent({ chat: GROUP, text, entities, ...rest });
};

describe('in a group', () => {
  test.each([
    ['@us osh qancha?', 'osh qancha?'],
    ['@us, osh qancha?', 'osh qancha?'],
    ['osh qancha @us', 'osh qancha'],
    ['Osh qancha, @us?', 'Osh qancha?'],
    ['Salom @us, osh bormi', 'Salom, osh bormi'],
    ['🍲 @us osh bormi', '🍲 osh bormi'],
    ['Salom\n@us\nosh bormi', 'Salom\nosh bormi'],
    ['@us @us — narxi?', 'narxi?'],
  ])('%j is asked as %j', (words, text) => {
    expect(inGroup(words)).toMatchObject({ addressed: true, kind: 'text', text });
  });

  test('the name alone asks what the bot can do, under another question it asks that question', () => {
    expect(inGroup('@us')).toMatchObject({ kind: 'command', command: 'help' });
    expect(inGroup('@us', { reply_to_message: earlier({ text: 'Osh qancha ekan?' }) })).toMatchObject({
      text: 'Osh qancha ekan?',
    });
    expect(
      sent({
        chat: GROUP,
        text: undefined,
        caption: OUR_NAME,
        photo: [{ file_id: 'f', width: 1, height: 1 }],
        caption_entities: [{ type: 'mention', offset: 0, length: OUR_NAME.length }],
      }),
    ).toMatchObject({ kind: 'photo', text: '' });
  });

  test('the answer belongs to the message and to its topic', () => {
    const topic = { message_thread_id: 444, is_topic_message: true };
    expect(inGroup('@us narx', topic)).toMatchObject({ chatTitle: 'Mahalla', place: { thread: '444', replyTo: '9' } });
    expect(inGroup('@us narx', { message_thread_id: 3 })?.place).toEqual({ replyTo: '9' });
    expect(sent({})).not.toHaveProperty('place');
    expect(sent(topic)?.place).toEqual({ thread: '444' });
  });

  test.each([
    ['an anonymous administrator', 1_087_968_824, { id: -700, type: 'supergroup', title: 'Mahalla' }, '-700', 'Mahalla'],
    ['a channel', 136_817_688, { id: -900, type: 'channel', title: 'Bozor' }, '-900', 'Bozor'],
  ])('%s is a writer of its own', (_, id, chat, platformUserId, firstName) => {
    const from = { id, is_bot: true, first_name: 'Group' };
    expect(inGroup('@us narx', { from, sender_chat: chat })?.sender).toEqual({ platformUserId, firstName });
    expect(inGroup('@us narx', { from: { ...from, id: 7 }, sender_chat: chat })).toBeUndefined();
  });

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

  test("a command with our name is ours, with another bot's it is plain text", () => {
    expect(only('group_command_ours')).toMatchObject({ kind: 'command', command: 'help' });
    expect(only('group_command_other')).toMatchObject({ kind: 'text' });
  });
});

test.each([
  ['blocked', false],
  ['unblocked', true],
])('%s changes whether the customer can be reached', (name, reachable) => {
  expect(decode(name)).toEqual({ messages: [], events: [{ kind: 'reachability', platformUserId: '501', reachable }] });
});

test('a group that removes the bot says nothing about a person', () => {
  const [event] = decode('kicked_from_group').events;
  expect(event).toEqual({ kind: 'group_reachability', chatId: expect.stringMatching(/^-/), reachable: false });
});

test.each([
  ['menu_2', 'Narxlar', { kind: 'text', text: 'Narxlar' }],
  ['{"a":1}', ' Yetkazib berish ', { kind: 'text', text: 'Yetkazib berish' }],
  ['desk:take:1', 'Olish', undefined],
])('a button %j of another program means what stands on it', (data, label, message) => {
  const reply_markup = { inline_keyboard: [[{ text: label, callback_data: data }]] };
  const update = { callback_query: { id: '9', from: FROM, data, chat_instance: '1', message: earlier({ reply_markup }) } };
  const [decoded] = decodeUpdate({ update_id: 1, ...update } as Update, bot).messages;
  if (message) expect(decoded).toMatchObject(message);
  else expect(decoded).toBeUndefined();
});

test('a pressed button has to be answered', () => {
  expect(decode('callback').events).toEqual([{ kind: 'callback', callbackId: 'cb1' }]);
});
