import { expect, test } from 'vitest';
import { isSignedBy } from '../../../src/channels/meta/meta-webhook.ts';
import { bytesOf, signatureOf } from '../../support/graph-emulator/sender.ts';

const SECRET = 'app-secret-of-oltin-non';

test.each([
  'Salom',
  'Сколько стоит торт?',
  'Тошкентга етказасизми? 🎂🥖',
  'https://oltin-non.uz/menu',
])('the signature covers the escaped bytes of %j', (text) => {
  const body = bytesOf({ text });
  expect(body.toString('utf8')).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(body.toString('utf8'))).toEqual({ text });
  expect(isSignedBy([SECRET], body, signatureOf(body, SECRET))).toBe(true);
  // The same JSON in other bytes has another signature.
  const reparsed = Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'))));
  expect(isSignedBy([SECRET], reparsed, signatureOf(body, SECRET))).toBe(reparsed.equals(body));
});

test('any of several secrets is accepted, an empty one never', () => {
  const body = bytesOf({ a: 1 });
  expect(isSignedBy(['other', SECRET], body, signatureOf(body, SECRET))).toBe(true);
  expect(isSignedBy(['other'], body, signatureOf(body, SECRET))).toBe(false);
  expect(isSignedBy([''], body, signatureOf(body, ''))).toBe(false);
  expect(isSignedBy([], body, signatureOf(body, SECRET))).toBe(false);
});

test.each([
  undefined,
  '',
  'sha256=',
  'sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709',
  `sha256=${'0'.repeat(64)}`,
  `sha256=${'0'.repeat(63)}`,
  `sha256=${'z'.repeat(64)}`,
  `${'0'.repeat(64)}`,
])('the header %j is no signature', (header) => {
  expect(isSignedBy([SECRET], bytesOf({ a: 1 }), header)).toBe(false);
});
