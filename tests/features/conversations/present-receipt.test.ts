import { expect, test } from 'vitest';
import { type Answered, receiptOf, type Words } from '../../../src/features/conversations/present-receipt.ts';
import { createFormats } from '../../../src/platform/formats.ts';
import { createI18n } from '../../../src/platform/i18n/i18n.ts';

const t = (await createI18n()).getFixedT('en') as unknown as Words['t'];
const words = { t, ...createFormats('en', 'Asia/Tashkent') };
const byAi: Answered = {
  mode: 'ai',
  sources: [{ id: 'e1', title: 'Prices' }],
  tookMs: 1_240,
  charged: true,
  aiStatus: 'partial',
  aiMissing: 'Is there a discount?',
  aiModel: 'gemini-3.5-flash-lite',
  promptTokens: 1_000,
  answerTokens: 50,
  aiMs: 900,
  costMicroUsd: 426,
  aiTrace: {
    language: 'uz',
    languageWhy: 'before',
    given: [{ id: 'e1', title: 'Prices' }],
    givenCount: 7,
    isAll: true,
    guard: { stopped: ['90 000'], refused: false },
  },
};
const linesOf = (changes: Partial<Answered>) =>
  Object.fromEntries(receiptOf({ ...byAi, ...changes }, words, 12_000).map(({ label, text }) => [label, text]));

test('an answer of the AI: what it said, rests on, cost and took', () => {
  expect(linesOf({})).toEqual({
    Outcome: 'answered in part',
    'Question without an answer': 'Is there a discount?',
    Sources: 'Prices',
    'Given to the AI': 'all entries, best match first: Prices … (7)',
    'Check of prices, phones, dates and links': 'stopped, then answered without: 90 000',
    Language: 'Uzbek, Latin script: the customer wrote in it before',
    Model: 'gemini-3.5-flash-lite',
    Tokens: '1,000 read, 50 written',
    'Cost by list prices': '5\u00a0soʻm ($0.00043)',
    Time: '1.2 s: 0.9 s the AI, 0.3 s the rest',
    'Your plan': '1 answer',
  });
});

test('an answer without the AI has no model and no cost; other messages have no receipt', () => {
  const without = { aiStatus: null, aiMissing: null, aiModel: null, aiMs: null, costMicroUsd: null, charged: false } as const;
  expect(linesOf({ ...without, mode: 'knowledge', aiTrace: { language: 'ru', languageWhy: 'message' } })).toEqual({
    Outcome: 'the entry itself, without the AI',
    Sources: 'Prices',
    Language: 'Russian: the message is in it',
    Time: '1.2 s',
    'Your plan': 'nothing',
  });
  for (const mode of ['fixed', 'person', 'broadcast', null] as const) expect(linesOf({ mode })).toEqual({});
});

test('the passages that the answer rests on stand under the sources, and the platform’s time apart from ours', () => {
  const trace = { ...(byAi.aiTrace as NonNullable<Answered['aiTrace']>), passages: ['Bread 4 000', ''] };
  expect(linesOf({ aiTrace: trace, sentMs: 210 })).toMatchObject({
    'Passage used': '“Bread 4 000”',
    Time: '1.2 s: 0.9 s the AI, 0.1 s this site, 0.2 s the platform',
  });
  expect(linesOf({ aiMs: null, sentMs: 9_999 })).toMatchObject({ Time: '1.2 s: 0.1 s this site, 1.2 s the platform' });
});

test('less than a\u00a0soʻm, and a model without a known price', () => {
  expect(linesOf({ costMicroUsd: 40 })['Cost by list prices']).toBe('less than 1\u00a0soʻm ($0.00004)');
  expect(linesOf({ costMicroUsd: null })['Cost by list prices']).toBe('the price of this model is not known');
});
