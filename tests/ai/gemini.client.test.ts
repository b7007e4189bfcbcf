import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGeminiClient, type GenerateRequest } from '../../src/ai/gemini.client.ts';
import { readAnswer } from '../../src/ai/gemini-answer.ts';
import { failureOfRefusal } from '../../src/ai/gemini-failure.ts';
import type { ResponseSchema } from '../../src/ai/response-schema.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../support/gemini-emulator/gemini-emulator.ts';

let gemini: GeminiEmulator;
beforeAll(async () => {
  gemini = await startGeminiEmulator();
});
afterAll(() => gemini.close());
beforeEach(() => gemini.reset());

const request = {
  model: 'gemini-3.5-flash-lite',
  systemInstruction: 'Be kind.',
  history: [
    { role: 'customer' as const, text: 'Salom' },
    { role: 'bot' as const, text: 'Assalomu alaykum' },
  ],
  text: 'Bu nima?',
  media: [{ mimeType: 'image/jpeg', base64: 'AAAA' }],
  signal: new AbortController().signal,
};
const ask = (changes: Partial<GenerateRequest> = {}) =>
  createGeminiClient({ apiKey: gemini.apiKey, baseUrl: gemini.url }).generate({ ...request, ...changes });

test('instruction, history, media and text reach the model in its own shape', async () => {
  await ask();
  const [sent] = gemini.requests;

  expect(sent?.apiKey).toBe(gemini.apiKey);
  expect(sent?.body.systemInstruction?.parts).toEqual([{ text: 'Be kind.' }]);
  expect(sent?.body.contents).toEqual([
    { role: 'user', parts: [{ text: 'Salom' }] },
    { role: 'model', parts: [{ text: 'Assalomu alaykum' }] },
    { role: 'user', parts: [{ inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } }, { text: 'Bu nima?' }] },
  ]);
});

test('no sampling, safety or tool settings are sent', async () => {
  await ask();

  expect(gemini.requests[0]?.body).toMatchObject({ safetySettings: [] });
  expect(gemini.requests[0]?.body.tools).toBeUndefined();
  expect(Object.keys(gemini.requests[0]?.body.generationConfig ?? {}).sort()).toEqual(['maxOutputTokens', 'thinkingConfig']);
});

test.each([
  ['gemini-3.5-flash-lite', 'minimal'],
  ['gemini-4-flash-lite-preview', 'minimal'],
  ['gemini-2.5-flash-lite', undefined],
  ['gemini-3.8-flash', 'low'],
  ['gemini-flash-lite-latest', undefined],
])('%s gets the thinking level %s', async (model, level) => {
  expect(await ask({ model })).toMatchObject({ ok: true });
  expect(gemini.requests[0]?.body.generationConfig?.thinkingConfig?.thinkingLevel).toBe(level);
});

test('a schema is sent with the JSON type, and the API accepts it', async () => {
  const schema = { type: 'OBJECT', properties: { answer: { type: 'STRING' } }, required: ['answer'] } as const;

  expect(await ask({ schema })).toMatchObject({ ok: true });
  expect(gemini.requests[0]?.body.generationConfig).toMatchObject({
    responseMimeType: 'application/json',
    responseSchema: schema,
  });
});

test.each<[ResponseSchema | object, string]>([
  [{ type: 'OBJECT', properties: {} }, 'an object without properties'],
  [{ type: 'ARRAY' }, 'an array without items'],
  [{ type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['b'] }, 'a required field that is not there'],
  [{ type: 'INTEGER', enum: ['1'] }, 'an enum of numbers'],
  [{ type: 'OBJECT', properties: { a: { type: 'STRING' } }, additionalProperties: false }, 'a field that Gemini does not know'],
  [{ type: 'TEXT' }, 'an unknown type'],
])('a schema that the API refuses is refused by the emulator: %j, %s', async (schema) => {
  expect(await ask({ schema: schema as ResponseSchema, media: [] })).toMatchObject({ ok: false, reason: 'rejected' });
});

test('a photo without words is sent without an empty text', async () => {
  expect(await ask({ text: '' })).toMatchObject({ ok: true });
});

test('thoughts are not shown; a text that the limit cut off is marked', () => {
  const body = {
    candidates: [
      {
        finishReason: 'MAX_TOKENS',
        content: { parts: [{ text: 'Hmm', thought: true }, { text: 'Non 5 000 ' }, { text: 'soʻm' }] },
      },
    ],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, thoughtsTokenCount: 2 },
  };
  expect(readAnswer(body)).toEqual({ ok: true, text: 'Non 5 000 soʻm', cut: true, usage: { promptTokens: 9, answerTokens: 6 } });
});

test.each([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
])('a text that ended by %s is blocked', (finishReason) => {
  expect(readAnswer({ candidates: [{ finishReason, content: { parts: [{ text: 'half a' }] } }] })).toMatchObject({
    ok: false,
    reason: 'blocked',
  });
});

test.each([
  [
    { status: 429, message: 'x', details: undefined },
    { ok: false, reason: 'rate_limited' },
  ],
  [
    { status: 429, message: 'x', details: [{ '@type': 7 }, 'odd', { violations: 'none' }] },
    { ok: false, reason: 'rate_limited' },
  ],
  [
    { status: 429, message: 'Quota exceeded, limit: 0, model: m', details: [] },
    { ok: false, reason: 'daily_limit' },
  ],
  [
    { status: 400, message: 'User location is not supported', details: [] },
    { ok: false, reason: 'location_refused', retryAfterMs: 60_000 },
  ],
  [
    { status: 401, message: 'x', details: [] },
    { ok: false, reason: 'bad_key' },
  ],
  [
    { status: undefined, message: 'x', details: [] },
    { ok: false, reason: 'rejected' },
  ],
])('%j is %j', (refusal, failure) => {
  expect(failureOfRefusal(refusal)).toEqual(failure);
});
