import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWhatsApp } from '../../../src/channels/whatsapp/whatsapp.decode.ts';

interface Fixture {
  source: string;
  date: string;
  message?: object;
  contact?: object;
  status?: object;
  value?: object;
  field?: string;
}
const file = join(import.meta.dirname, '../../fixtures/whatsapp/deliveries.json');
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Fixture>;
const dilnoza = { profile: { name: 'Dilnoza' }, wa_id: '998901112233' };

function eventsOf(name: string) {
  const { message, contact = dilnoza, status, value, field = 'messages' } = fixtures[name] as Fixture;
  const content = value ?? (status ? { statuses: [status] } : { contacts: [contact], messages: [message] });
  const metadata = { display_phone_number: '998712000000', phone_number_id: '106540352242922' };
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...content } };
  const [account] = decodeWhatsApp({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] });
  expect(account?.accountId).toBe('106540352242922');
  return account?.events;
}

const sender = { platformUserId: '998901112233', hasTwoIds: true, firstName: 'Dilnoza' };
const from = (id: string, content: object) => [
  {
    kind: 'message',
    message: {
      externalId: id,
      chatId: '998901112233',
      isGroup: false,
      addressed: true,
      sender,
      writtenAt: new Date(1_795_300_000_000),
      ...content,
    },
  },
];

test.each([
  ['text', { kind: 'text', text: 'Tort bormi? 🎂' }],
  ['text_reply', { kind: 'text', text: 'Shu qancha?', refersTo: { kind: 'message', text: '', externalId: 'wamid.ours' } }],
  ['command', { kind: 'command', text: '/Human', command: 'human' }],
  ['image', { kind: 'photo', text: 'Shunday tort kerak', attachment: { fileId: '1003383421387256', mimeType: 'image/jpeg' } }],
  ['voice', { kind: 'voice', text: '', attachment: { fileId: '1908647269898587', mimeType: 'audio/ogg' } }],
  ['audio', { kind: 'audio', text: '', attachment: { fileId: '1908647269898588', mimeType: 'audio/mpeg' } }],
  ['video', { kind: 'video', text: 'Mana', attachment: { fileId: '1166846181421424', mimeType: 'video/mp4' } }],
  [
    'document',
    {
      kind: 'document',
      text: '',
      attachment: { fileId: '1376223850470843', mimeType: 'application/pdf', fileName: 'buyurtma.pdf' },
    },
  ],
  ['sticker', { kind: 'sticker', text: '', attachment: { fileId: '798882015472548', mimeType: 'image/webp' } }],
  [
    'location',
    {
      kind: 'location',
      text: '',
      attachment: { title: 'Uy', address: 'Amir Temur 1', latitude: 41.311081, longitude: 69.240562 },
    },
  ],
  ['contacts', { kind: 'contact', text: '', attachment: { name: 'Bobur Aka', phone: '+998 90 765 43 21' } }],
  ['button', { kind: 'text', text: 'Ha, albatta', refersTo: { kind: 'message', text: '', externalId: 'wamid.ours' } }],
  ['button_reply', { kind: 'text', text: 'Bekor qilish' }],
  ['list_reply', { kind: 'text', text: 'Yetkazib berish' }],
  ['reaction', { kind: 'reaction', text: '', attachment: { emoji: '👍' }, quiet: true }],
  ['unsupported', { kind: 'other', text: '' }],
  ['order', { kind: 'order', text: '2 × di9ozbzfi4, 30 USD\n= 60 USD\nTezroq boʻlsin' }],
])('%s is decoded as the customer’s message', (name, content) => {
  expect(eventsOf(name)).toEqual(from(`wamid.${name}`, content));
});

test('the answer to a question of the platform’s own says nothing to us', () => {
  const interactive = { type: 'call_permission_reply', call_permission_reply: { response: 'accept' } };
  const messages = [{ from: '998901112233', id: 'wamid.call', timestamp: '1795300000', type: 'interactive', interactive }];
  const change = { field: 'messages', value: { metadata: { phone_number_id: '1' }, contacts: [dilnoza], messages } };
  expect(decodeWhatsApp({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] })[0]?.events).toEqual([
    { kind: 'ignored', what: 'message interactive' },
  ]);
});

test('an edit is a new wording with the id of the original', () => {
  expect(eventsOf('edit')).toEqual(from('wamid.text:wamid.edit', { kind: 'edited', text: 'Pirog bormi?' }));
});

test('a customer without a phone number has the user id and a username', () => {
  expect(eventsOf('no_phone_number')).toMatchObject([
    {
      message: {
        chatId: 'UZ.13491208655302741918',
        sender: { platformUserId: 'UZ.13491208655302741918', firstName: 'Laylo', username: 'laylo.uz' },
      },
    },
  ]);
});

const chatIds = ['998901112233'];
test.each([
  ['status_sent', { state: 'sent', chatIds }],
  ['status_delivered', { state: 'delivered', chatIds }],
  ['status_read', { state: 'read', chatIds }],
  ['status_played', { state: 'read', chatIds }],
  ['status_failed', { state: 'failed', reason: 'window_closed', chatIds }],
  ['status_to_user_id', { state: 'read', chatIds: ['UZ.13491208655302741918'] }],
])('%s is a delivery receipt', (name, word) => {
  expect(eventsOf(name)).toEqual([{ kind: 'receipt', externalId: 'wamid.ours', ...word }]);
});

test('a changed number is followed', () => {
  const was = ['998901112233', '998901112233'];
  expect(eventsOf('system')).toEqual([{ kind: 'changed_ids', was, platformUserId: '998901112244' }]);
});

test('a withdrawn message is a deletion; a staff message in the app is an echo', () => {
  expect(eventsOf('revoke')).toMatchObject([
    { kind: 'deletion', externalId: 'wamid.text', chatId: '998901112233', sender: { platformUserId: '998901112233' } },
  ]);
  expect(eventsOf('coexistence_echo')).toEqual([
    { kind: 'echo', externalId: 'wamid.echo', chatId: '998901112233', messageKind: 'text', text: 'Hozir qarab beraman' },
  ]);
});

test.each([
  ['reaction_removed', 'message reaction'],
  ['future_type', 'message hologram'],
  ['account_error', 'error 130429'],
  ['template_update', 'field message_template_status_update'],
])('%s is ignored by name', (name, what) => {
  expect(eventsOf(name)).toEqual([{ kind: 'ignored', what }]);
});

test('every fixture says where it is from and when it was read', () => {
  for (const { source, date } of Object.values(fixtures)) expect([source.length > 5, date]).toEqual([true, '2026-11']);
});

test('another object, or none, has no account', () => {
  expect([null, [], 'text', 1, {}, { object: 'instagram', entry: [{ id: '1' }] }].map(decodeWhatsApp)).toEqual(Array(6).fill([]));
});

test('no JSON makes the decoder throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (one, two, three) => {
      const value = {
        metadata: { phone_number_id: '1' },
        messages: [one, { id: 'a', from: 'b', type: 'text', text: two }],
        contacts: two,
        statuses: three,
        errors: one,
      };
      const changes = [
        { field: 'messages', value },
        { field: 'smb_message_echoes', value: { ...value, message_echoes: two } },
        three,
      ];
      const accounts = decodeWhatsApp({ object: 'whatsapp_business_account', entry: [{ changes }, one] });
      expect(Array.isArray(accounts)).toBe(true);
    }),
  );
});
