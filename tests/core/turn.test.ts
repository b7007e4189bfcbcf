import { expect, test } from 'vitest';
import { commandOf, nextTurn, type TurnMessage, withLatestWordings } from '../../src/core/turn.ts';

let id = 0;
const message = (text: string, rest: Partial<TurnMessage> = {}): TurnMessage => {
  id += 1;
  return { id, externalId: `1:${id}`, kind: text.startsWith('/') ? 'command' : 'text', text, attachment: null, ...rest };
};
const texts = (messages: TurnMessage[]): string[] => messages.map(({ text }) => text);

test.each([
  ['/start', { command: 'start', argument: '' }],
  ['/Start deep-link', { command: 'start', argument: 'deep-link' }],
  ['/language@aida_bot ru', { command: 'language', argument: 'ru' }],
  ['/price', null],
  ['/', null],
])('%s is read as %j', (text, command) => {
  expect(commandOf({ kind: 'command', text })).toEqual(command);
});

test('a text that looks like a command is not a command', () => {
  expect(commandOf({ kind: 'text', text: '/start' })).toBeNull();
});

test.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [['/start', 'a'], ['/start']],
  [
    ['a', 'b', '/help', 'c'],
    ['a', 'b'],
  ],
  [
    ['a', '/price', 'c'],
    ['a', '/price', 'c'],
  ],
  [[], []],
])('of %j the next turn is %j', (waiting, turn) => {
  expect(texts(nextTurn(waiting.map((text) => message(text))))).toEqual(turn);
});

test('only the last wording of an unanswered message counts', () => {
  const first = message('Ho much?');
  const second = message('tea?');
  const edits = ['How much?', 'How much is it?'].map((text, i) =>
    message(text, { kind: 'edited', externalId: `${first.externalId}:e${i}` }),
  );
  expect(texts(withLatestWordings([first, second, ...edits]))).toEqual(['tea?', 'How much is it?']);
});

test('an edit of an answered message is a new message', () => {
  expect(texts(withLatestWordings([message('and tea?', { kind: 'edited', externalId: '1:1:e9' })]))).toEqual(['and tea?']);
});
