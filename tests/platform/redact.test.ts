import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { createRedactor } from '../../src/platform/redact.ts';

const TOKEN = `700000001:${'Ab1_-'.repeat(7)}`;
const { redact, redactText } = createRedactor(['a known/secret value']);

test.each([
  ['by itself', TOKEN],
  ['in an address of the Bot API', `https://api.telegram.org/bot${TOKEN}/getMe`],
  ['in the address of a file', `https://api.telegram.org/file/bot${TOKEN}/photos/1.jpg`],
  ['escaped', encodeURIComponent(TOKEN)],
  ['after letters and underscores', `x_bot${TOKEN}_y`],
  ['with a hyphen at its end', `${TOKEN.slice(0, -1)}-`],
  ["of Meta's", `access EAA${'x'.repeat(40)}`],
  ['as a header', 'Authorization: Bearer abcdefghij.klmnop'],
  ['as the password of an address', 'postgresql://owner:hunter2hunter2@db:5432/x'],
  ['as a parameter', 'GET /v1?access_token=abcdefghijk&x=1'],
  ['known to us', 'say a known/secret value twice: a known/secret value'],
  ['known to us and escaped', `?x=${encodeURIComponent('a known/secret value')}`],
])('a secret %s is removed', (_where, text) => {
  const clean = redactText(text);
  expect(clean).toContain('[secret]');
  expect(clean).not.toMatch(/Ab1_|x{24}|abcdefghij|hunter2|known/);
});

test('any text around a token leaves nothing of its key', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      // A digit before it would be part of the number.
      expect(redactText(`${before.replace(/\d$/, '')}${TOKEN}${after}`)).not.toContain('Ab1_-');
    }),
  );
});

test('secrets deep inside errors and collections never reach the log', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', secrets: [], destination: { write: (line: string) => void lines.push(line) } });
  const inner = Object.assign(new Error(`Call to ${TOKEN} failed`), { config: { url: TOKEN }, request: { path: TOKEN } });
  const outer = new Error('failed', { cause: new AggregateError([inner], `all of ${TOKEN}`, { cause: { why: [TOKEN] } }) });
  logger.error(outer, `about ${TOKEN}`);
  logger.warn({ err: outer, map: new Map([[TOKEN, new Set([TOKEN])]]), bytes: Buffer.from(TOKEN), [TOKEN]: 1 }, 'x %s', TOKEN);
  expect(lines).toHaveLength(2);
  expect(lines.join('')).toContain('[secret]');
  expect(lines.join('')).not.toContain('Ab1_-');
});

test('an endless chain of causes is cut', () => {
  const error = new Error('round');
  error.cause = { error };
  expect(JSON.stringify(redact(error))).toContain('[deep]');
});
