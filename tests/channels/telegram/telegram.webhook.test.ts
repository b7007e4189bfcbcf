import express from 'express';
import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { telegramWebhook } from '#channels/telegram/webhook/telegram.webhook.ts';
import { createWebhookSecrets } from '#channels/telegram/webhook/webhook-secret.ts';
import { newId } from '#platform/crypto/ids.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { type Shop, seedShop, silent } from '../../support/pipeline.ts';
import { soak } from '../../support/soak.ts';

const KEYS = ['the key of today is of thirty-two letters', 'the key of last year is of thirty-two too'];
const HEADER = 'X-Telegram-Bot-Api-Secret-Token';
const [today, lastYear] = [createWebhookSecrets(KEYS), createWebhookSecrets(KEYS.slice(1))];

let site: TestApp;
let shop: Shop;
beforeAll(async () => {
  site = await testApp({ ENCRYPTION_KEY: KEYS.join(',') });
  shop = await seedShop(site.container.database);
});
afterAll(() => site.close());

let updates = 0;
const update = (text = 'Do you bake on Sundays?') => {
  updates += 1;
  const from = { id: 77, is_bot: false, first_name: 'Lola' };
  return { update_id: updates, message: { message_id: updates, date: 1, chat: { id: 77, type: 'private' }, from, text } };
};

function call(body: unknown, { id = shop.connectionId, secret = today.of(id) as string | null } = {}) {
  const sent = request(site.app).post(`/webhooks/telegram/${id}`).set('Content-Type', 'application/json');
  if (secret !== null) sent.set(HEADER, secret);
  return sent.send(typeof body === 'string' ? body : JSON.stringify(body));
}

async function stored(): Promise<number> {
  const { rows } = await site.sql.query<{ n: number }>("SELECT count(*)::int AS n FROM messages WHERE direction = 'in'");
  return rows[0]?.n ?? -1;
}

test('an update with the right secret is stored with its job and gets 200 without a body; a repeat changes nothing', async () => {
  const before = await stored();
  const sent = update();

  const [first, again] = [await call(sent), await call(sent)];

  expect([first.status, again.status, first.text, again.text]).toEqual([200, 200, '', '']);
  expect(await stored()).toBe(before + 1);
  const { rowCount } = await site.sql.query('SELECT 1 FROM conversation_work');
  expect(rowCount).toBeGreaterThan(0);
});

test('a wrong or missing secret and an unknown connection are refused alike, and nothing is stored', async () => {
  const before = await stored();
  const right = today.of(shop.connectionId);
  const answers = await Promise.all([
    call(update(), { secret: null }),
    call(update(), { secret: '' }),
    call(update(), { secret: `${right}x` }),
    call(update(), { secret: right.slice(0, -1) }),
    call(update(), { secret: today.of(newId()) }),
    call(update(), { id: newId(), secret: right }),
    call(update(), { id: 'nothing', secret: right }),
    call('{', { secret: 'wrong' }),
  ]);

  expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(answers.map(() => '401 '));
  expect(await stored()).toBe(before);
});

test('the secret of a key in rotation is accepted, a foreign one is not', async () => {
  expect((await call(update(), { secret: lastYear.of(shop.connectionId) })).status).toBe(200);
  expect((await call(update(), { secret: createWebhookSecrets(['another key']).of(shop.connectionId) })).status).toBe(401);
});

test('updates of a stopped bot, a suspended business or a deleted connection stay at Telegram', async () => {
  const other = await seedShop(site.container.database);
  const statuses: number[] = [];
  const come = async () => statuses.push((await call(update(), { id: other.connectionId })).status);
  await come();
  await site.sql.query('UPDATE connections SET enabled = false WHERE id = $1', [other.connectionId]);
  await come();
  await site.sql.query('UPDATE connections SET enabled = true WHERE id = $1', [other.connectionId]);
  await site.sql.query('UPDATE tenants SET suspended_at = now() WHERE id = $1', [other.tenantId]);
  await come();
  await site.sql.query('DELETE FROM connections WHERE id = $1', [other.connectionId]);
  await come();

  expect(statuses).toEqual([200, 404, 404, 404]);
});

test.each([
  ['', 400],
  ['{', 400],
  ['null', 400],
  ['[]', 400],
  ['"text"', 400],
  ['{}', 400],
  ['{"update_id":"1"}', 400],
  ['{"update_id":1e99}', 400],
  ['{"update_id":1}', 200],
  ['{"update_id":1,"message":null}', 200],
  ['{"update_id":1,"message":[]}', 200],
  ['{"update_id":1,"message":{"message_id":1,"chat":{"id":1},"from":{"id":1},"text":{"length":3}}}', 200],
  [`{"update_id":1,"message":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 200],
  [JSON.stringify({ update_id: 1, message: { text: 'x'.repeat(2_200_000) } }), 413],
])('the malformed body %.60j is answered %i and stores nothing', async (body, status) => {
  const before = await stored();

  expect((await call(body)).status).toBe(status);
  expect(await stored()).toBe(before);
});

test('no input of Telegram or a fuzzer causes a 500', async () => {
  const valid = update('hello');
  const paths = [
    'update_id',
    'message',
    'message.text',
    'message.from',
    'message.from.first_name',
    'message.chat',
    'message.chat.id',
  ];
  const more = [
    'message.message_id',
    'message.photo',
    'message.location',
    'message.contact',
    'message.entities',
    'callback_query',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths, ...more), fc.jsonValue(), async (path, value) => {
      const changed = structuredClone(valid) as unknown as Record<string, never>;
      const names = path.split('.');
      const parent = names.slice(0, -1).reduce((at, name) => at[name] as never, changed);
      Object.assign(parent, { [names.at(-1) as string]: value });
      expect((await call(changed)).status).toBeLessThan(500);
    }),
    { numRuns: soak(60, 150) },
  );
});

test('an unavailable database gives 503, so that Telegram sends the update again', async () => {
  const away = Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
  const store = { ...site.container.telegram.store, findCalledAcrossTenants: () => Promise.reject(away) };
  const app = express().use('/webhooks/telegram', telegramWebhook({ ...site.container.telegram.webhook, store, logger: silent }));

  const response = await request(app)
    .post(`/webhooks/telegram/${shop.connectionId}`)
    .set(HEADER, today.of(shop.connectionId))
    .send(update());

  expect(response.status).toBe(503);
});
