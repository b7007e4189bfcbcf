// S40, S61: whoever reads what strangers write comes to its end on texts made to hurt, of the greatest length it can meet. Work
// that grows faster than the text would not come to its end here.
import { describe, expect, test } from 'vitest';
import { buildPrompt, PROMPT_LIMITS } from '../../src/answering/build-prompt.ts';
import { typedText } from '../../src/channels/meta/message-text.ts';
import { emailField, keyOf, usernameField, weakPassword } from '../../src/core/account-rules.ts';
import { unsupportedClaims } from '../../src/core/answer-guard.ts';
import { cleanAnswer } from '../../src/core/clean-answer.ts';
import { csvLine } from '../../src/core/csv.ts';
import { decideReply } from '../../src/core/decide-reply.ts';
import { detectLanguage } from '../../src/core/detect-language.ts';
import { readStructuredAnswer } from '../../src/core/read-answer.ts';
import { bestPassage } from '../../src/core/search/best-passage.ts';
import { foldText } from '../../src/core/search/fold-text.ts';
import { splitPassages } from '../../src/core/search/split-passages.ts';
import { tokenize } from '../../src/core/search/tokenize.ts';
import { wordFeatures } from '../../src/core/search/word-features.ts';
import { smallTalkOf } from '../../src/core/small-talk.ts';
import { splitText } from '../../src/core/split-text.ts';
import { commandOf } from '../../src/core/turn.ts';
import { foldUzbek } from '../../src/core/uzbek.ts';
import { messageParts, wordsOf } from '../../src/core/words/message-parts.ts';
import { escapeHtml, styledHtml } from '../../src/core/words/styled-html.ts';
import { browserName } from '../../src/features/account/browser-name.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { cookiesOf } from '../../src/web/cookies.ts';
import { readCursor } from '../../src/web/paging.ts';
import { safeReturnTo } from '../../src/web/return-to.ts';

/** Twice the longest entry. */
const FORM_CHARS = 40_000;
/** What is kept of a message: MAX_TEXT_CHARS of pipeline. */
const MESSAGE_CHARS = 8_000;
const PIECES = [
  ...[
    'a',
    ' ',
    '\n',
    '\t',
    '.',
    '-',
    '_',
    '*',
    '`',
    '~',
    '(',
    ')',
    '[',
    ']',
    '<',
    '>',
    '&',
    '"',
    "'",
    '/',
    '\\',
    ':',
    '@',
    '1',
    '0',
    'ʻ',
    'ў',
    '😀',
  ],
  ...[
    'a ',
    'a\n',
    '. ',
    '**',
    '**a',
    '*a ',
    '`a',
    '```\n',
    '[a](',
    '[',
    '](',
    '<a',
    '</',
    '<entry ',
    '</entry>',
    '< entry',
    '&amp',
    '//',
    '//a:',
    '/../',
    'a@',
    'a.b',
  ],
  ...[
    '700000001:',
    '700000001:A',
    'Bearer ',
    'Bearer a',
    '?key=',
    'EAA',
    ';a=',
    '=;',
    '%',
    '%2f',
    'e\u0301',
    '\u200d',
    '\ud800',
    'ﷺ',
    'oʻzbekcha ',
    'salom ',
    'Mozilla/5.0 ',
  ],
];

/** Also the start of a match with an end that does not fit it, where a search would turn back. */
const hostile = (length: number): string[] =>
  PIECES.map((piece) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)).flatMap((text) => [
    text,
    `${text}!`,
    `x${text}\u0000`,
  ]);

const { redactText } = createRedactor(['a-known-secret-of-ours']);
const turn = (text: string) => ({ id: 1, externalId: '1', kind: 'text' as const, text, attachment: null });

type Readers = Record<string, (text: string) => unknown>;

/** Of forms, headers, entries and logs. */
const READERS_OF_FORMS: Readers = {
  keyOf,
  username: (text) => usernameField.safeParse(text),
  email: (text) => [emailField.safeParse(text), emailField.safeParse(text.slice(0, 254))],
  weakPassword: (text) => weakPassword(text.slice(0, 256), { username: text.slice(0, 32), email: text.slice(0, 254) }),
  commandOf: (text) => commandOf({ kind: 'command', text: `/start ${text}` }),
  foldUzbek,
  foldText,
  tokenize,
  splitPassages: (text) => splitPassages(text),
  escapeHtml,
  typedText,
  csvLine: (text) => csvLine([text, text]),
  readCursor,
  safeReturnTo: (text) => safeReturnTo(`/${text}`, '/'),
  cookiesOf: (text) => cookiesOf({ headers: { cookie: text } } as never),
  redactText,
};

/** Of messages, and of what is made of them. */
const READERS_OF_MESSAGES: Readers = {
  'the cleaner of answers': (text) => cleanAnswer(text, { botName: text.slice(0, 100), instructions: [text] }),
  'the reader of answers': readStructuredAnswer,
  'the guard of answers': (text) => unsupportedClaims(text, { texts: [text], asked: text }),
  detectLanguage,
  smallTalkOf,
  decideReply: (text) => decideReply({ turn: [turn(text)], greeting: null }),
  wordFeatures: (text) => wordFeatures(text.slice(0, 5_000)),
  bestPassage: (text) => bestPassage({ content: text }, text.slice(0, 4_000), 700),
  splitText: (text) => splitText(text, { max: 4_096, unit: 'utf16' }),
  splitTextInBytes: (text) => splitText(text, { max: 1_000, unit: 'utf8-bytes' }),
  asStyles: (text) => messageParts(wordsOf(text, 'ai'), { form: 'styles', limit: { max: 4_096, unit: 'utf16' } }).map(styledHtml),
  asMarks: (text) => messageParts(wordsOf(text, 'ai'), { form: 'marks', limit: { max: 4_096, unit: 'utf16' } }),
  asPlain: (text) => messageParts(wordsOf(text, 'ai'), { form: 'plain', limit: { max: 1_000, unit: 'utf8-bytes' } }),
  browserName,
};

describe.each([
  ['of a form', FORM_CHARS, READERS_OF_FORMS],
  ['of a message', MESSAGE_CHARS, READERS_OF_MESSAGES],
] as const)('every reader %s comes to its end', (_what, length, readers) => {
  test.each(Object.entries(readers))(
    '%s',
    (_name, read) => {
      for (const text of hostile(length)) expect(() => read(text)).not.toThrow();
    },
    60_000,
  );
});

test('a prompt stays within its limits for any history, knowledge and question', () => {
  const long = 'word '.repeat(40_000);
  const prompt = buildPrompt({
    botName: long,
    ownerPrompt: long,
    language: 'en',
    entries: Array.from({ length: 50 }, () => ({ title: long, content: long })),
    history: Array.from({ length: 500 }, (_, i) => ({ role: i % 2 ? ('bot' as const) : ('customer' as const), text: long })),
    text: long,
    now: new Date(),
  });
  expect(prompt.text.length).toBeLessThanOrEqual(PROMPT_LIMITS.text);
  expect(prompt.history.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(PROMPT_LIMITS.history);
  expect(prompt.systemInstruction.length).toBeLessThan(PROMPT_LIMITS.ownerPrompt + PROMPT_LIMITS.entries + 8_000);
});

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '=cmd|"/c calc"!A1',
  '"=1"',
  'a,b',
  'a\nb',
  'a"b',
])('S37 (CSV injection): %j in a table is text for every program', (value) => {
  const line = csvLine([value]);
  const cell = /^"/.test(line) ? line.trimEnd().slice(1, -1).replaceAll('""', '"') : line.trimEnd();
  expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  if (/[",\n\r]/.test(value)) expect(line).toMatch(/^"/);
});
