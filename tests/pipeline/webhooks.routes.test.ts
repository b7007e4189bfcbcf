import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhooksRoutes } from '../../src/pipeline/webhooks.routes.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { instagramDelivery, instagramMessage, whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { claimWork, silent } from '../support/pipeline.ts';
import { VERIFY_TOKEN, type WebhookWorld, webhookWorld } from './webhook-world.ts';

let world: WebhookWorld;
type Connected = Awaited<ReturnType<WebhookWorld['connect']>>;
let whatsapp: Connected;
let instagram: Connected;
beforeAll(async () => {
  world = await webhookWorld({ WHATSAPP_APP_SECRET: 'the-platforms-own-secret' });
  whatsapp = await world.connect('whatsapp');
  instagram = await world.connect('instagram');
});
afterAll(() => world.close());

const text = (from: string, words: string, externalId?: string) =>
  whatsappDelivery(whatsapp.account, whatsappMessage({ from, text: words, ...(externalId && { externalId }) }).value);
const handshake = (kind: string, token: string, mode = 'subscribe', challenge = '1158201444') =>
  world.agent().get(`/webhooks/${kind}`).query({ 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge });

test.each(['whatsapp', 'instagram'])('the handshake of %s echoes the challenge and ticks the connection', async (kind) => {
  const answer = await handshake(kind, VERIFY_TOKEN);

  expect([answer.status, answer.text, answer.type]).toEqual([200, '1158201444', 'text/plain']);
  const { rows } = await world.sql.query(
    'SELECT 1 FROM connections WHERE platform = $1::"Platform" AND verified_at IS NOT NULL',
    [kind],
  );
  expect(rows).toHaveLength(1);
});

test('a handshake with another token, another mode or no challenge is refused', async () => {
  const answers = await Promise.all([
    handshake('whatsapp', 'another'),
    handshake('whatsapp', ''),
    handshake('whatsapp', VERIFY_TOKEN, 'unsubscribe'),
    world.agent().get('/webhooks/instagram'),
    world.agent().get(`/webhooks/instagram?hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=a&hub.challenge=b`),
  ]);
  expect(answers.map(({ status, text: body }) => [status, body])).toEqual(Array(5).fill([403, '']));
  expect((await handshake('telegram', VERIFY_TOKEN)).status).toBe(404);
});

test.each([
  'Salom, tort bormi?',
  'Сколько стоит доставка?',
  'Нархи қанча? 🎂🥖',
])('%s is stored, then answered 200 with an empty body', async (words) => {
  const answer = await world.deliver(whatsapp.account, text('998901112233', words));

  expect([answer.status, answer.text]).toEqual([200, '']);
  expect((await whatsapp.messages()).at(-1)).toMatchObject({ direction: 'in', text: words, status: 'received' });
});

test('a message of Instagram finds its connection by the account', async () => {
  const { event } = instagramMessage(instagram.account, { from: '6843250472390123', text: 'Ish vaqti qanday?' });
  expect((await world.deliver(instagram.account, instagramDelivery(instagram.account, [event]))).status).toBe(200);
  expect((await instagram.messages()).map((message) => message.text)).toEqual(['Ish vaqti qanday?']);
});

test('a redelivered message changes nothing and makes no second job', async () => {
  const payload = text('998901110001', 'bir marta', 'wamid.once');
  await world.deliver(whatsapp.account, payload);
  const [stored, jobs] = [await world.stored(), (await claimWork(world)).length];
  const again = await Promise.all(Array.from({ length: 5 }, () => world.deliver(whatsapp.account, payload)));

  expect(again.map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect([await world.stored(), (await claimWork(world)).length]).toEqual([stored, jobs]);
});

test('a wrong, missing or strange signature is 401 and stores nothing', async () => {
  const body = bytesOf(text('998909999999', 'forged'));
  const before = await world.stored();
  const signatures = [
    undefined,
    '',
    'sha256=',
    `sha256=${'0'.repeat(64)}`,
    signatureOf(body, 'wrong'),
    signatureOf(body, instagram.account.appSecret),
  ];
  const answers = [];
  for (const signature of signatures) answers.push((await world.post('whatsapp', body, signature)).status);
  const altered = Buffer.from(body.toString().replace('forged', 'f0rged'));
  answers.push((await world.post('whatsapp', altered, signatureOf(body, whatsapp.account.appSecret))).status);

  expect(answers).toEqual(Array(7).fill(401));
  expect(await world.stored()).toBe(before);
});

test('every connection a delivery names must have signed it; one owner cannot write into another’s', async () => {
  const other = await world.connect('whatsapp');
  const mixed = text('998901230000', 'mine');
  mixed.entry.push(...whatsappDelivery(other.account, whatsappMessage({ from: '998901230000', text: 'yours' }).value).entry);

  expect((await world.deliver(whatsapp.account, mixed)).status).toBe(401);
  expect(await other.messages()).toEqual([]);
  expect((await world.deliver(whatsapp.account, mixed, 'the-platforms-own-secret')).status).toBe(200);
  expect((await other.messages()).map((message) => message.text)).toEqual(['yours']);
});

test('a connection without a secret of its own relies on the installation’s, on Instagram too', async () => {
  const shared = await world.connect('instagram', {}, false);
  const { event } = instagramMessage(shared.account, { from: '1', text: 'shared' });
  const payload = instagramDelivery(shared.account, [event]);

  expect((await world.deliver(shared.account, payload, 'anything')).status).toBe(401);
  expect((await world.deliver(shared.account, payload, 'the-platforms-own-secret')).status).toBe(200);
  expect(await shared.messages()).toHaveLength(1);
});

test('an account nobody has connected is accepted from an app that has connections here, and nothing is stored', async () => {
  const stranger = { ...whatsapp.account, id: '999999999999' };
  const payload = whatsappDelivery(stranger, whatsappMessage({ from: '998901112233', text: 'who?' }).value);
  const before = await world.stored();

  expect((await world.deliver(stranger, payload, 'the-platforms-own-secret')).status).toBe(200);
  expect((await world.deliver(stranger, payload)).status).toBe(200);
  expect((await world.deliver(stranger, payload, 'a-strangers-secret')).status).toBe(401);
  expect(await world.stored()).toBe(before);
});

test('all entries, changes and messages of one delivery are stored', async () => {
  const one = text('998905550001', 'birinchi');
  const [change] = text('998905550002', 'ikkinchi').entry[0]?.changes ?? [];
  if (change) one.entry[0]?.changes.push(change);
  one.entry.push(...text('998905550003', 'uchinchi').entry);
  await world.deliver(whatsapp.account, one);

  const texts = (await whatsapp.messages()).map((message) => message.text);
  expect(texts).toEqual(expect.arrayContaining(['birinchi', 'ikkinchi', 'uchinchi']));
});

test('a body beyond 4 MB is 413, one of 3 MB is taken', async () => {
  const padded = (bytes: number) => ({ ...text('998901112233', `katta ${bytes}`), padding: 'x'.repeat(bytes) });
  const before = await world.stored();
  expect((await world.deliver(whatsapp.account, padded(4 * 1024 * 1024))).status).toBe(413);
  expect(await world.stored()).toBe(before);
  expect((await world.deliver(whatsapp.account, padded(3 * 1024 * 1024))).status).toBe(200);
});

test('a signed body that is no JSON is 400 and stores nothing', async () => {
  const before = await world.stored();
  for (const body of [
    Buffer.from('{"object":"whatsapp_business_account","entry":['),
    Buffer.alloc(0),
    Buffer.from([0xff, 0xfe, 0]),
  ]) {
    expect((await world.post('whatsapp', body, signatureOf(body, 'the-platforms-own-secret'))).status).toBe(400);
  }
  expect(await world.stored()).toBe(before);
});

test('a delivery is noted on the connection: when, and that the platform has found us', async () => {
  const fresh = await world.connect('whatsapp');
  await world.deliver(
    fresh.account,
    whatsappDelivery(fresh.account, whatsappMessage({ from: '998901112233', text: 'Salom' }).value),
  );
  const { rows } = await world.sql.query('SELECT verified_at, last_inbound_at, first_message_at FROM connections WHERE id = $1', [
    fresh.shop.connectionId,
  ]);
  expect(rows[0]).toEqual({
    verified_at: expect.any(Date),
    last_inbound_at: expect.any(Date),
    first_message_at: expect.any(Date),
  });
});

test('an unavailable database gives 503, so that the platform delivers again', async () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const app = express();
  const acceptDelivery = async () => Promise.reject(away);
  const { webhooks } = world.container.pipeline;
  app.use('/webhooks', webhooksRoutes({ ...webhooks, acceptDelivery, markVerified: acceptDelivery, logger: silent }));
  app.use(errorHandler(silent));

  const delivered = await request(app).post('/webhooks/whatsapp').set('x-hub-signature-256', 'sha256=00').send({});
  expect([delivered.status, Number(delivered.headers['retry-after']) > 0]).toEqual([503, true]);
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '42' };
  expect((await request(app).get('/webhooks/whatsapp').query(query)).text).toBe('42');
});
