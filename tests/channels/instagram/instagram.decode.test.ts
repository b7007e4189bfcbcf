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
  message: {
    externalId,
    chatId: CUSTOMER,
    isGroup: false,
    addressed: true,
    sender: { platformUserId: CUSTOMER },
    writtenAt: new Date(1_795_300_000_000),
    ...content,
  },
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
  ['share', { kind: 'text', text: 'Shu bormi?', refersTo: { kind: 'post', text: 'https://www.instagram.com/p/C1' } }],
  ['reel', { kind: 'share', text: '', refersTo: { kind: 'post', text: 'Tort' } }],
  ['story_reply', { kind: 'text', text: 'Narxi qancha?', refersTo: { kind: 'story', text: '' } }],
  ['story_mention', { kind: 'mention', text: '', quiet: true }],
  ['unsupported', { kind: 'other', text: '' }],
])('%s is decoded as the customer’s message', (name, content) => {
  expect(eventsOf(name)).toEqual([from(`mid.${name}`, content)]);
});

const sharing = (type: string, payload: object, text?: string) =>
  decode({ message: { mid: 'm', ...(text && { text }), attachments: [{ type, payload }] } });
const asset = 'https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1812&signature=x';

test.each([
  [
    'ig_post',
    { title: 'Asalli tort 140 000 soʻm 🍯', url: asset, ig_post_media_id: '178' },
    'post',
    'Asalli tort 140 000 soʻm 🍯',
  ],
  [
    'ig_reel',
    { title: 'Пахлава', url: 'https://www.instagram.com/reel/Dd/', reel_video_id: '179' },
    'post',
    'Пахлава\nhttps://www.instagram.com/reel/Dd/',
  ],
  ['reel', { title: 'Choy toʻplami', url: 'https://video.xx.fbcdn.net/v/1.mp4' }, 'post', 'Choy toʻplami'],
  [
    'share',
    { title: 'Atirgul', link: 'https://www.instagram.com/p/Dc/', url: asset },
    'post',
    'Atirgul\nhttps://www.instagram.com/p/Dc/',
  ],
  ['share', { url: asset }, 'post', ''],
  ['ig_story', { story_media_id: '17', story_media_url: asset }, 'story', ''],
  [
    'template',
    { product: { elements: [{ id: '1', title: 'Koʻylak M', subtitle: '250 000' }] } },
    'product',
    'Koʻylak M\n250 000',
  ],
])('a shared %s %o is what the words beside it are about', (type, payload, kind, text) => {
  const refersTo = { kind, text };
  expect(sharing(type, payload, 'Qancha turadi?')).toEqual([from('m', { kind: 'text', text: 'Qancha turadi?', refersTo })]);
  expect(sharing(type, payload)).toEqual([from('m', { kind: 'share', text: '', refersTo })]);
});

test.each([
  ['an earlier message', { reply_to: { mid: 'mid.ours' } }, { kind: 'message', text: '', externalId: 'mid.ours' }],
  ['a story', { reply_to: { story: { id: '17', url: asset } } }, { kind: 'story', text: '' }],
  [
    'an advertisement',
    {
      referral: {
        source: 'ADS',
        type: 'OPEN_THREAD',
        ad_id: '9',
        ads_context_data: { ad_title: 'Qishki chegirma 30%', photo_url: asset },
      },
    },
    { kind: 'ad', text: 'Qishki chegirma 30%' },
  ],
  ['a product of the shop', { referral: { product: { id: '5', title: 'Sumka' } } }, { kind: 'product', text: 'Sumka' }],
])('a message about %s says so', (_what, rest, refersTo) => {
  const message = { mid: 'm', text: 'Bormi?', ...rest };
  expect(decode({ message })).toEqual([from('m', { kind: 'text', text: 'Bormi?', refersTo })]);
});

test('a referral without words is no reference', () => {
  const message = { mid: 'm', text: 'Bormi?', referral: { ref: 'bio', source: 'SHORTLINK' }, reply_to: {} };
  expect(decode({ message })).toEqual([from('m', { kind: 'text', text: 'Bormi?' })]);
});

test.each([0, '0'])('an edit with the number %j stands for a message that is still to be read', (num_edit) => {
  const unread = [{ kind: 'unread', externalId: 'mid.new' }];
  expect(decode({ message_edit: { mid: 'mid.new', num_edit } })).toEqual(unread);
  const messaging = [{ timestamp: 1, message_edit: { mid: 'mid.new', num_edit } }];
  expect(decodeInstagram({ object: 'instagram', entry: [{ id: US, messaging }] })[0]?.events).toEqual(unread);
});

test.each([
  [2, 'mid.text:2'],
  ['3', 'mid.text:3'],
])('an edit with the number %j is a new wording', (num_edit, id) => {
  expect(decode({ message_edit: { mid: 'mid.text', text: 'Yangi', num_edit } })).toEqual([
    from(id, { kind: 'edited', text: 'Yangi' }),
  ]);
});

test.each([
  [
    { title: 'Oqtepa markazi', payload: { coordinates: { lat: 41.28, long: 69.2 } } },
    { title: 'Oqtepa markazi', latitude: 41.28, longitude: 69.2 },
  ],
  [{ payload: { coordinates: { lat: 39.65, long: 66.97 } } }, { latitude: 39.65, longitude: 66.97 }],
  [{ payload: {} }, {}],
])('the place %j is shown as one', (place, attachment) => {
  const message = { mid: 'm', attachments: [{ type: 'location', ...place }] };
  expect(decode({ message })).toEqual([from('m', { kind: 'location', text: '', attachment })]);
});

test('a heart is a quiet reaction, beside words too the words are read', () => {
  const heart = { kind: 'reaction', text: '', attachment: { emoji: '❤️' }, quiet: true };
  expect(sharing('like_heart', {})).toEqual([from('m', heart)]);
  expect(sharing('like_heart', {}, 'Rahmat')).toEqual([from('m', { kind: 'text', text: 'Rahmat' })]);
});

test.each([
  ['flagged', { message: { mid: 'm', text: 'eslatma', is_self: true, is_echo: true } }, US, CUSTOMER],
  ['to itself', { message: { mid: 'm', text: 'eslatma' } }, US, US],
  ['an echo to itself', { message: { mid: 'm', text: 'eslatma', is_echo: true } }, US, US],
])('a note to self is ignored: %s', (_name, event, sender, recipient) => {
  expect(decode(event, sender, recipient)).toEqual([{ kind: 'ignored', what: 'note to self' }]);
});

test('of a delivery with many entries the good ones are read, whatever is wrong with the others', () => {
  const good = (mid: string, text: string) => ({
    sender: { id: CUSTOMER },
    recipient: { id: US },
    timestamp: 1_795_300_000_000,
    message: { mid, text },
  });
  const bad = [null, 7, 'x', {}, { sender: {} }, { sender: { id: CUSTOMER }, recipient: { id: US }, message: null }];
  const entry = [
    { id: US, messaging: [good('a', 'bir'), ...bad, good('b', 'ikki')] },
    null,
    { id: US, changes: [{ field: 'mentions', value: { media_id: '1' } }, { field: 'story_insights' }, 5] },
    { id: '0', changes: [{ field: 'messages', value: good('c', 'test') }] },
    { id: US, messaging: { not: 'a list' }, messaging_handover: [{}] },
    { id: US, messaging: [{ ...good('d', ''), pass_thread_control: {} }, good('e', 'uch')] },
  ];
  const read = decodeInstagram({ object: 'instagram', entry })
    .filter(({ accountId }) => accountId === US)
    .flatMap(({ events }) => events.flatMap((event) => (event.kind === 'message' ? [event.message.text] : [])));
  expect(read).toEqual(['bir', 'ikki', 'uch']);
});

test('several attachments become parts with separate ids; the text goes with the first', () => {
  const photo = (id: number, text: string) => ({ kind: 'photo', text, attachment: { fileId: cdn(id), mimeType: 'image/jpeg' } });
  expect(eventsOf('several')).toEqual([from('mid.several', photo(1, 'Qaysi biri?')), from('mid.several#1', photo(2, ''))]);
});

test('a reaction expects no answer; an edit is a new wording; a postback without an id gets one from its time', () => {
  const reaction = { kind: 'reaction', text: '', attachment: { emoji: '❤️' }, quiet: true };
  expect(eventsOf('reaction')).toEqual([from('reaction:1795300000000:mid.ours', reaction)]);
  expect(eventsOf('edit')).toEqual([from('mid.text:1', { kind: 'edited', text: 'Сколько стоит пирог?' })]);
  expect(decode({ postback: { payload: 'HOURS' } })).toEqual([
    from(`postback:${CUSTOMER}:1795300000000`, { kind: 'text', text: 'HOURS' }),
  ]);
});

test('a read receipt and a withdrawn message are decoded', () => {
  expect(eventsOf('read')).toEqual([{ kind: 'receipt', externalId: 'mid.ours', chatIds: [CUSTOMER], state: 'read' }]);
  expect(eventsOf('deletion')).toMatchObject([{ kind: 'deletion', externalId: 'mid.text', chatId: CUSTOMER }]);
});

test('a sent message comes back as an echo in the customer’s chat, flagged or not', () => {
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

test('messages of the dashboard’s test button are read; comments are ignored', () => {
  const value = { sender: { id: CUSTOMER }, recipient: { id: US }, timestamp: '1795300000', message: { mid: 'm', text: 'test' } };
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

test('no JSON makes the decoder throw', () => {
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
