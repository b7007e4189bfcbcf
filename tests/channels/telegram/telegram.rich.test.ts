// Rich messages of Bot API 10: their words, their photo, and what they are in a group.
import type { Chat, Update } from 'grammy/types';
import { expect, test } from 'vitest';
import { decodeUpdate } from '../../../src/channels/telegram/telegram.decode.ts';
import { textOfRich } from '../../../src/channels/telegram/telegram.rich.ts';

const bot = { id: 9, username: 'osh_markazi_bot' };
const GROUP = { id: -5, type: 'supergroup', title: 'Qoʻshnilar' } as Chat;
const PRIVATE = { id: 5, type: 'private', first_name: 'Nodira' } as Chat;
const says = (text: unknown) => ({ type: 'paragraph', text });

/** As Telegram would send it: the Bot API has no string of the whole. */
const received = (blocks: unknown, chat: Chat = PRIVATE, more: object = {}) =>
  decodeUpdate(
    {
      update_id: 1,
      message: {
        message_id: 3,
        date: 1_790_000_000,
        chat,
        from: { id: 5, is_bot: false, first_name: 'Nodira' },
        rich_message: { blocks },
        ...more,
      },
    } as unknown as Update,
    bot,
  ).messages[0];

test.each([
  [
    'styles run on',
    [says(['Salom, ', { type: 'bold', text: ['medo', { type: 'italic', text: 'vik' }] }, ' qancha?'])],
    'Salom, medovik qancha?',
  ],
  [
    'lists',
    [
      { type: 'section_heading', size: 2, text: 'Buyurtma' },
      {
        type: 'list',
        items: [
          { label: '1.', blocks: [says('Osh 2 ta')] },
          { label: '2.', blocks: [says('Manti'), { type: 'list', items: [{ label: '•', blocks: [says('goʻshtli')] }] }] },
        ],
      },
    ],
    'Buyurtma\n1. Osh 2 ta\n2. Manti\n• goʻshtli',
  ],
  [
    'a table',
    [
      {
        type: 'table',
        cells: [
          [{ text: 'Taom' }, { text: 'Soni' }],
          [{ text: { type: 'bold', text: 'Osh' } }, { text: '3' }],
          [{}, { text: '9' }],
        ],
      },
    ],
    'Taom · Soni\nOsh · 3\n9',
  ],
  [
    'a quotation with its author, and hidden details',
    [
      { type: 'block_quotation', blocks: [says('Narxi 5 000')], credit: 'Doʻkon' },
      { type: 'details', summary: 'Manzil', blocks: [says('Chilonzor 9')] },
    ],
    'Narxi 5 000\nDoʻkon\nManzil\nChilonzor 9',
  ],
  [
    'emoji, formulas and telephone numbers',
    [
      says([
        { type: 'custom_emoji', custom_emoji_id: '1', alternative_text: '👍' },
        ' ',
        { type: 'phone_number', text: '+998 90 123 45 67', phone_number: '+998901234567' },
      ]),
      { type: 'mathematical_expression', expression: '2 + 3' },
    ],
    '👍 +998 90 123 45 67\n2 + 3',
  ],
  [
    'nothing that is not words',
    [null, 7, { type: 'divider' }, { type: 'anchor', name: 'a' }, says({ type: 'bold', text: 5 })],
    '',
  ],
])('%s', (_, blocks, text) => {
  expect(received(blocks)).toMatchObject({ kind: 'text', text });
});

test('its photo is looked at, its caption is part of the words', () => {
  const photo = [
    { file_id: 'small', file_unique_id: 's', width: 90, height: 60 },
    { file_id: 'large', file_unique_id: 'l', width: 900, height: 600 },
  ];
  const blocks = [{ type: 'collage', blocks: [{ type: 'photo', photo, caption: { text: 'Shu tort' } }] }, says('qancha turadi?')];
  expect(received(blocks)).toMatchObject({
    kind: 'photo',
    text: 'Shu tort\nqancha turadi?',
    attachment: { fileId: 'large', mimeType: 'image/jpeg' },
  });
});

test.each([
  [
    'names the bot',
    [says([{ type: 'mention', text: '@osh_markazi_bot', username: 'osh_markazi_bot' }, ' osh qancha?'])],
    { addressed: true, text: 'osh qancha?' },
  ],
  ['names another bot', [says('@osh_markazi_bot2 osh qancha?')], { addressed: false }],
  [
    'commands',
    [says([{ type: 'bot_command', text: '/help', bot_command: '/help' }])],
    { addressed: true, kind: 'command', command: 'help' },
  ],
  ['speaks to others', [says('osh qancha?')], { addressed: false, text: 'osh qancha?' }],
])('in a group it %s', (_, blocks, expected) => {
  expect(received(blocks, GROUP)).toMatchObject(expected);
});

test('a reply to one quotes its words', () => {
  const replied = { message_id: 2, date: 1, chat: PRIVATE, from: { id: 5, is_bot: false, first_name: 'N' } };
  const rich_message = { blocks: [says('Medovik torti'), says('120 000 soʻm')] };
  expect(received([says('Shu bormi?')], PRIVATE, { reply_to_message: { ...replied, rich_message } })).toMatchObject({
    text: 'Shu bormi?',
    refersTo: { kind: 'message', text: 'Medovik torti\n120 000 soʻm' },
  });
});

test('a hostile depth ends', () => {
  let blocks: unknown[] = [says('ichkarida')];
  for (let level = 0; level < 5_000; level += 1) blocks = [{ type: 'details', summary: '', blocks }];
  expect(textOfRich({ blocks } as never)).toBe('');
});
