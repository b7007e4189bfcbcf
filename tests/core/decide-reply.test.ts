import { expect, test } from 'vitest';
import { decideReply, languageNamed } from '../../src/core/decide-reply.ts';
import type { Attachment, MessageKind } from '../../src/core/message.ts';
import type { TurnMessage } from '../../src/core/turn.ts';

const message = (kind: MessageKind, text = '', attachment: Attachment | null = null, id = 1): TurnMessage => ({
  id,
  externalId: `1:${id}`,
  kind,
  text,
  attachment,
});
const decide = (...turn: TurnMessage[]) => decideReply({ turn, greeting: null });
const BIG = 21 * 1024 * 1024;

test.each([
  ['/start', { act: 'fixed', sentence: 'start' }],
  ['/help', { act: 'fixed', sentence: 'help' }],
  ['/language', { act: 'fixed', sentence: 'language_ask' }],
  ['/language klingon', { act: 'fixed', sentence: 'language_ask' }],
  ['/language ru', { act: 'fixed', sentence: 'language_set', chosenLanguage: 'ru' }],
  ['/human', { act: 'fixed', sentence: 'human', needsPerson: true }],
  ['/forget', { act: 'fixed', sentence: 'forget_ask' }],
  ['/forget please', { act: 'fixed', sentence: 'forget_ask' }],
  ['/forget Ha', { act: 'fixed', sentence: 'forgotten', forget: true }],
  ['/forget «да»', { act: 'fixed', sentence: 'forgotten', forget: true }],
  ['/price of bread', { act: 'ask', text: '/price of bread', media: [] }],
  ['/unknown', { act: 'fixed', sentence: 'help' }],
  ['/price cakes', { act: 'ask', text: '/price cakes', media: [] }],
])('the command %s gets its reply', (text, decision) => {
  expect(decide(message('command', text))).toEqual(decision);
});

test.each([
  ['Welcome!', { act: 'greet', text: 'Welcome!' }],
  ['  ', { act: 'fixed', sentence: 'start' }],
])('/start with the greeting %j', (greeting, decision) => {
  expect(decideReply({ turn: [message('command', '/start')], greeting })).toEqual(decision);
});

test('a wish for a person in words is a call for one; with a picture it is a question', () => {
  const said = 'Operator bilan gaplashmoqchiman';
  expect(decide(message('text', said))).toEqual({ act: 'fixed', sentence: 'human', needsPerson: true, said });
  expect(decide(message('photo', said, { fileId: 'p' }))).toMatchObject({ act: 'ask', text: said });
  expect(decide(message('text', 'eSIM ni operator ulaydimi?'))).toMatchObject({ act: 'ask' });
});

test.each<[string, TurnMessage, object]>([
  ['a sticker', message('sticker', '', { fileId: 's' }), { act: 'fixed', sentence: 'sticker' }],
  ['a contact', message('contact', '', { phone: '+998' }), { act: 'fixed', sentence: 'contact', needsPerson: true }],
  [
    'a location',
    message('location', '', { latitude: 1, longitude: 2 }),
    { act: 'fixed', sentence: 'location', needsPerson: true },
  ],
  ['a video', message('video', '', { fileId: 'v' }), { act: 'fixed', sentence: 'unread_file', unread: true }],
  [
    'a video with words',
    message('video', 'Is it fresh?', { fileId: 'v' }),
    { act: 'ask', text: 'Is it fresh?', media: [], unread: [{ word: 'file' }] },
  ],
  [
    'a spreadsheet',
    message('document', '', { fileId: 'd', mimeType: 'text/csv' }),
    { act: 'fixed', sentence: 'unread_file', unread: true },
  ],
  [
    'a picture as a file',
    message('document', '', { fileId: 'd', mimeType: 'image/png' }),
    { act: 'ask', text: '', media: [{ fileId: 'd', mimeType: 'image/png' }] },
  ],
  ['a voice note', message('voice', '', { fileId: 'v' }), { act: 'ask', text: '', media: [{ fileId: 'v' }] }],
  ['a recording of an hour', message('voice', '', { fileId: 'v', seconds: 3_600 }), { act: 'fixed', sentence: 'too_long' }],
  ['a photo beyond 20 MB', message('photo', '', { fileId: 'p', sizeBytes: BIG }), { act: 'fixed', sentence: 'too_large' }],
  [
    'such a photo with words',
    message('photo', 'What is it?', { fileId: 'p', sizeBytes: BIG }),
    { act: 'ask', text: 'What is it?', media: [], unread: [{ word: 'file' }] },
  ],
  ['an empty text', message('text', '  '), { act: 'fixed', sentence: 'unsupported' }],
])('%s gets its reply', (_name, one, decision) => {
  expect(decide(one)).toEqual(decision);
});

test('messages in a row become one question without the sticker', () => {
  const turn = [
    message('text', 'Hi', null, 1),
    message('sticker', '', { fileId: 's' }, 2),
    message('photo', 'this one?', { fileId: 'p' }, 3),
  ];
  expect(decide(...turn)).toEqual({ act: 'ask', text: 'Hi\nthis one?', media: [{ fileId: 'p' }] });
});

test.each([
  ['uz', 'uz'],
  ["O'zbekcha", 'uz'],
  ['oʻzbek', 'uz'],
  ['ru', 'ru'],
  ['Русский', 'ru'],
  ['en', 'en'],
  ['English', 'en'],
  ['ўз', 'uz-Cyrl'],
  ['ўзбекча', 'uz-Cyrl'],
  ['kirill', 'uz-Cyrl'],
  ['', null],
  ['fr', null],
])('/language %s chooses %s', (word, language) => {
  expect(languageNamed(word)).toBe(language);
});
