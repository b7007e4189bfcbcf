// What webhooks refuse is counted by platform and reason, of all processes together, and shown to admins.
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebhookSecrets } from '#channels/telegram/webhook/webhook-secret.ts';
import { newId } from '#platform/crypto/ids.ts';
import { postForm, register } from '../support/app.ts';
import { whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { seedShop } from '../support/pipeline.ts';
import { VERIFY_TOKEN, type WebhookWorld, webhookWorld } from './webhook-world.ts';

const PLATFORM = 'the-platforms-own-secret';
const ENV = { WHATSAPP_APP_SECRET: PLATFORM, METRICS_TOKEN: 'metrics-token' };
const TELEGRAM_HEADER = 'X-Telegram-Bot-Api-Secret-Token';

let world: WebhookWorld;
let other: WebhookWorld;
let whatsapp: Awaited<ReturnType<WebhookWorld['connect']>>;
beforeAll(async () => {
  world = await webhookWorld(ENV);
  other = await webhookWorld(ENV, world);
  whatsapp = await world.connect('whatsapp');
});
afterAll(async () => {
  await other.close();
  await world.close();
});

const delivery = (account = whatsapp.account) =>
  whatsappDelivery(account, whatsappMessage({ from: '998901112233', text: 'Do you bake?' }).value);
const stranger = () => ({ ...whatsapp.account, id: '999999999999' });

function telegram(body: string, secret: string | null, id = newId()) {
  const call = request(world.app).post(`/webhooks/telegram/${id}`).set('Content-Type', 'application/json');
  return (secret === null ? call : call.set(TELEGRAM_HEADER, secret)).send(body);
}
const secretOf = (id: string): string => createWebhookSecrets(world.container.env.ENCRYPTION_KEYS).of(id);

/** What an act adds to the counts: `platform reason` → how many. */
async function counted(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const read = async () => {
    await Promise.all([world.container.pipeline.refusals.flush(), other.container.pipeline.refusals.flush()]);
    const rows = await world.container.features.operators.api.oversightRead.refusalsAcrossTenants(new Date());
    return new Map(rows.map(({ platform, reason, count }) => [`${platform} ${reason}`, count]));
  };
  const before = await read();
  await act();
  return Object.fromEntries(
    [...(await read())].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const).filter(([, count]) => count > 0),
  );
}

const notJson = Buffer.from('{"object":');
const CASES: [string, number, string, () => Promise<{ status: number }>][] = [
  ['no signature', 401, 'whatsapp unsigned', () => world.post('whatsapp', bytesOf(delivery()))],
  ['another secret', 401, 'whatsapp wrong_signature', () => world.deliver(whatsapp.account, delivery(), 'another')],
  [
    'a number nobody has connected, signed by nobody we know',
    401,
    'whatsapp unknown_account',
    () => world.deliver(stranger(), delivery(stranger()), 'another'),
  ],
  [
    'such a number, signed by the installation’s app',
    200,
    'whatsapp unknown_account',
    () => world.deliver(stranger(), delivery(stranger()), PLATFORM),
  ],
  ['no JSON, signed', 400, 'whatsapp malformed', () => world.post('whatsapp', notJson, signatureOf(notJson, PLATFORM))],
  ['no JSON, of a stranger', 401, 'instagram wrong_signature', () => world.post('instagram', notJson, signatureOf(notJson, 'x'))],
  [
    'too large a body',
    413,
    'instagram malformed',
    () => world.post('instagram', Buffer.alloc(4.5 * 1024 * 1024, 32), 'sha256=00'),
  ],
  [
    'a packed body',
    415,
    'whatsapp malformed',
    () => request(world.app).post('/webhooks/whatsapp').set('Content-Encoding', 'gzip').send('x'),
  ],
  [
    'a handshake with another token',
    403,
    'instagram wrong_verify_token',
    () => request(world.app).get('/webhooks/instagram?hub.mode=subscribe&hub.verify_token=another&hub.challenge=1'),
  ],
  ['Telegram without a secret', 401, 'telegram unsigned', () => telegram('{}', null)],
  ['Telegram with another secret', 401, 'telegram wrong_signature', () => telegram('{}', 'another')],
];

test.each(CASES)('%s: answered %i and counted as %s', async (_what, status, key, act) => {
  let answer = 0;
  const added = await counted(async () => {
    answer = (await act()).status;
  });
  expect([answer, added]).toEqual([status, { [key]: 1 }]);
});

test('Telegram calls with the right secret count for invalid bodies and stopped or deleted connections', async () => {
  const { connectionId: id } = await seedShop(world);
  const update = '{"update_id":1}';
  const added = await counted(async () => {
    const statuses = [
      (await telegram(update, secretOf(id), id)).status,
      (await telegram('{', secretOf(id), id)).status,
      (await telegram('{}', secretOf(id), id)).status,
      (await telegram(JSON.stringify({ a: 'x'.repeat(2_200_000) }), secretOf(id), id)).status,
    ];
    await world.sql.query('UPDATE connections SET enabled = false WHERE id = $1', [id]);
    statuses.push((await telegram(update, secretOf(id), id)).status);
    await world.sql.query('DELETE FROM connections WHERE id = $1', [id]);
    statuses.push((await telegram(update, secretOf(id), id)).status);
    expect(statuses).toEqual([200, 400, 400, 413, 404, 404]);
  });
  expect(added).toEqual({ 'telegram malformed': 3, 'telegram unknown_account': 2 });
});

test('valid deliveries and requests of no platform are not counted', async () => {
  const added = await counted(async () => {
    const handshake = `hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=1`;
    expect((await world.deliver(whatsapp.account, delivery())).status).toBe(200);
    expect((await request(world.app).get(`/webhooks/whatsapp?${handshake}`)).status).toBe(200);
    expect((await request(world.app).get('/webhooks/whatsapp')).status).toBe(403);
    expect((await request(world.app).get('/webhooks/nowhere')).status).toBe(404);
  });
  expect(added).toEqual({});
});

test('two processes on one database add up, and nothing of what was sent is kept', async () => {
  const added = await counted(() =>
    Promise.all(
      [world, other].flatMap((site) =>
        Array.from({ length: 20 }, (_, i) => [
          site.post('whatsapp', bytesOf({ secret: `word-${i}` })),
          site.post('whatsapp', bytesOf(delivery()), signatureOf(bytesOf(delivery()), 'another')),
        ]).flat(),
      ),
    ),
  );
  expect(added).toEqual({ 'whatsapp unsigned': 40, 'whatsapp wrong_signature': 40 });
  const { rows } = await world.sql.query('SELECT * FROM webhook_refusals');
  expect([...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted()).toEqual([
    'count',
    'last_at',
    'platform',
    'reason',
    'slot',
  ]);
});

test('a process that ends writes what it has counted', async () => {
  const leaving = await webhookWorld(ENV, world);
  const added = await counted(async () => {
    await leaving.post('instagram', bytesOf({}));
    await leaving.container.pipeline.refusals.stop();
  });
  expect(added).toEqual({ 'instagram unsigned': 1 });
  await leaving.close();
});

test('they are among the metrics of the process', async () => {
  const { text } = await request(other.app).get('/metrics').set('Authorization', 'Bearer metrics-token');
  expect(text).toMatch(/^botfactory_webhook_refusals_total\{channel="whatsapp",reason="unsigned"\} 20$/m);
});

async function adminOf(site: WebhookWorld) {
  const agent = site.agent();
  const { username } = await register(agent);
  await site.sql.query('UPDATE users SET is_admin = true WHERE username = $1', [username]);
  return agent;
}

test.each([
  ['en', 'Nothing was refused', 'Wrong signature', 'WHATSAPP_APP_SECRET'],
  ['ru', 'Отказов не было', 'Неверная подпись', 'WHATSAPP_APP_SECRET'],
  ['uz', 'Rad etilgani yoʻq', 'Imzo notoʻgʻri', 'WHATSAPP_APP_SECRET'],
])('an admin reads them in %s with what to do, of the last 24 hours; before the first one there is none', async (language, none, reason, remedy) => {
  // Each reads a page that nobody has looked at a moment before.
  const [busy, quiet] = [await webhookWorld(ENV, world), await webhookWorld()];
  const pageOf = async (site: WebhookWorld) => {
    const agent = await adminOf(site);
    await postForm(agent, '/language', { language, returnTo: '/dashboard' }, '/dashboard');
    return (await agent.get('/admin')).text;
  };
  await quiet.sql.query(
    `INSERT INTO webhook_refusals VALUES (now() - interval '25 hours', 'whatsapp', 'wrong_signature', 7, now() - interval '25 hours')`,
  );
  const [shown, empty] = [await pageOf(busy), await pageOf(quiet)];

  for (const words of [reason, remedy, '<time datetime=']) expect(shown).toContain(words);
  expect(shown).not.toContain(none);
  expect(empty).toContain(none);
  expect(empty).not.toContain(reason);
  await busy.close();
  await quiet.close();
});
