import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instagramDelivery, instagramMessage, whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { soak } from '../support/soak.ts';
import { type WebhookWorld, webhookWorld } from './webhook-world.ts';

const RUNS = soak(80, 250);
const PLATFORM = 'the-platforms-own-secret';
let world: WebhookWorld;
let whatsapp: Awaited<ReturnType<WebhookWorld['connect']>>;
let instagram: Awaited<ReturnType<WebhookWorld['connect']>>;
beforeAll(async () => {
  world = await webhookWorld({ WHATSAPP_APP_SECRET: PLATFORM });
  whatsapp = await world.connect('whatsapp');
  instagram = await world.connect('instagram');
});
afterAll(() => world.close());

type Json = Record<string, unknown>;
const good = (): { whatsapp: Json; instagram: Json } => ({
  whatsapp: whatsappDelivery(whatsapp.account, whatsappMessage({ from: '998901112233', text: 'Salom' }).value),
  instagram: instagramDelivery(instagram.account, [instagramMessage(instagram.account, { from: '684', text: 'Salom' }).event]),
});

/** Every way through a value, outermost first. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [...(path.length > 0 ? [path] : []), ...keys.flatMap((key) => pathsOf((value as Json)[key], [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Json) }) as Json;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const STRANGE: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  [],
  {},
  [[[]]],
  [null],
  '\u0000',
  '\ud800',
  '😀'.repeat(3_000),
  'x'.repeat(100_000),
  { toString: 1, __proto__: 2 },
  "'; DROP TABLE messages; --",
];

test('a delivery with any field replaced never causes a 5xx, and the next one works', async () => {
  let kinds = 0;
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('whatsapp', 'instagram'),
      fc.nat(),
      fc.oneof(fc.constantFrom(...STRANGE), fc.jsonValue()),
      async (kind, at, by) => {
        const payload = good()[kind as 'whatsapp'];
        const paths = pathsOf(payload);
        const body = bytesOf(replaced(payload, paths[at % paths.length] ?? [], by));
        const answer = await world.post(kind as 'whatsapp', body, signatureOf(body, PLATFORM));
        kinds += 1;
        statuses.add(answer.status);
        expect(answer.status).toBeLessThan(500);
      },
    ),
    { numRuns: RUNS },
  );
  expect(kinds).toBeGreaterThanOrEqual(RUNS);
  expect([...statuses]).toEqual([200]);
  const { account, messages } = whatsapp;
  expect(
    (await world.deliver(account, whatsappDelivery(account, whatsappMessage({ from: '1234567', text: 'after' }).value))).status,
  ).toBe(200);
  expect((await messages()).at(-1)?.text).toBe('after');
});

test('bodies without content for us store nothing, signed or not, and cause no 5xx', async () => {
  const before = await world.stored();
  const whole = bytesOf(good().whatsapp);
  const arbitraries = [
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    // Truncated anywhere before its end.
    fc.integer({ min: 0, max: whole.length - 1 }).map((length) => whole.subarray(0, length)),
    fc.integer({ min: 1, max: 50_000 }).map((depth) => Buffer.from('['.repeat(depth))),
    fc.integer({ min: 1, max: 3_000 }).map((depth) => Buffer.from(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)),
    fc.constantFrom('page', 'whatsapp_business', 'user', '').map((object) => bytesOf({ ...good().whatsapp, object })),
    fc.jsonValue().map((entry) => bytesOf({ object: 'whatsapp_business_account', entry })),
    fc
      .constantFrom(...STRANGE)
      .map((field) =>
        bytesOf({ object: 'instagram', entry: [{ id: instagram.account.id, changes: [{ field, value: field }] }] }),
      ),
  ];
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(...arbitraries),
      fc.constantFrom('whatsapp', 'instagram'),
      fc.boolean(),
      async (body, kind, signed) => {
        const signature = signatureOf(body, signed ? PLATFORM : 'wrong');
        const answer = await world.post(kind as 'whatsapp', body, signature);
        statuses.add(answer.status);
        expect(signed ? [200, 400] : [401]).toContain(answer.status);
      },
    ),
    { numRuns: RUNS },
  );
  expect(statuses.size).toBe(3);
  expect(await world.stored()).toBe(before);
});

test('a compressed body is refused, because the signature covers the bytes as sent', async () => {
  const body = bytesOf(good().whatsapp);
  const before = await world.stored();
  const answer = await world
    .agent()
    .post('/webhooks/whatsapp')
    .set({ 'content-type': 'application/json', 'content-encoding': 'gzip', 'x-hub-signature-256': signatureOf(body, PLATFORM) })
    .serialize((bytes) => bytes)
    .send(body);
  expect(answer.status).toBe(415);
  expect(await world.stored()).toBe(before);
});
