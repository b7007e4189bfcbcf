// S70 (forged webhooks): what a stranger's delivery costs, how many an address may send, and whose word a handshake is.
import request from 'supertest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createVerifyTokens } from '../../src/channels/meta/verify-tokens.ts';
import { paceLargeDeliveries } from '../../src/pipeline/large-deliveries.ts';
import { createRefusalLimit } from '../../src/pipeline/refusal-limit.ts';
import { VERIFY_TOKEN, type WebhookWorld, webhookWorld } from '../pipeline/webhook-world.ts';
import { whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';

const KEY = 'the key of today is of thirty-two letters';
const APP_SECRET = 'secret-of-the-installation';

let world: WebhookWorld;
beforeAll(async () => {
  world = await webhookWorld({ ENCRYPTION_KEY: KEY, WHATSAPP_APP_SECRET: APP_SECRET });
});
afterAll(() => world.close());

const forged = `sha256=${'0'.repeat(64)}`;
const delivery = (account: Parameters<typeof whatsappDelivery>[0], text: string) =>
  whatsappDelivery(account, whatsappMessage({ from: '998901112233', text }).value);

test('a wrong signature on 3.9 MB is refused before a word of it is parsed', async () => {
  const { account } = await world.connect('whatsapp');
  const entry = JSON.stringify(delivery(account, 'x').entry[0]);
  const body = Buffer.from(
    `{"object":"whatsapp_business_account","entry":[${Array(Math.floor(3.9e6 / (entry.length + 1))).fill(entry)}]}`,
  );
  const parse = vi.spyOn(JSON, 'parse');
  const isLong = ([text]: unknown[]): boolean => String(text).length > 1_000_000;
  expect((await world.post('whatsapp', body, forged)).status).toBe(401);
  expect(parse.mock.calls.filter(isLong)).toEqual([]);
  parse.mockRestore();
});

test('beyond its limit an address gets 429 for what is refused, and 200 for what is signed', async () => {
  const { account, messages } = await world.connect('whatsapp');
  const body = Buffer.from('{}');
  let last = await world.post('whatsapp', body);
  for (let i = 0; i < 620 && last.status !== 429; i++) last = await world.post('whatsapp', body, i % 2 ? forged : undefined);
  expect(last.status).toBe(429);
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  expect((await world.deliver(account, delivery(account, 'Salom'))).status).toBe(200);
  expect((await world.deliver(account, delivery(account, 'Salom yana'), APP_SECRET)).status).toBe(200);
  expect(await messages()).toHaveLength(2);
});

test('I9 (others): large deliveries of one address wait for their pace; small ones and another address do not', async () => {
  const pace = paceLargeDeliveries({ capacity: 100_000, perSecond: 1 });
  const passed: string[] = [];
  const arrives = (name: string, ip: string, bytes: number, res = { closed: false }): unknown =>
    pace({ ip, headers: { 'content-length': String(bytes) } } as never, res as never, () => passed.push(name));
  await arrives('the first', '192.0.2.1', 4_000_000);
  const leaving = { closed: false };
  const waiting = arrives('one that waits', '192.0.2.1', 4_000_000, leaving);
  await arrives('a small one', '192.0.2.1', 3_000);
  await arrives('another address', '192.0.2.2', 4_000_000);
  leaving.closed = true;
  await waiting;
  expect(passed).toEqual(['the first', 'a small one', 'another address']);
});

test('the limit counts by address and minute', () => {
  let [nowMs, ended] = [0, ''];
  const limit = createRefusalLimit({ max: 2, windowMs: 60_000, now: () => nowMs });
  const from = (ip: string): string => {
    const headers: string[] = [];
    const res = {
      set: (_name: string, value: string) => headers.push(value),
      status: (n: number) => ({ end: () => (ended = `${n} ${headers}`) }),
    };
    limit.refuse({ ip } as never, res as never, 401);
    return ended;
  };
  expect([from('1.1.1.1'), from('1.1.1.1'), from('1.1.1.1'), from('2.2.2.2')]).toEqual(['401 ', '401 ', '429 60', '401 ']);
  nowMs = 60_000;
  expect(from('1.1.1.1')).toBe('401 ');
});

test('a connection’s own verify token verifies that connection, the installation’s all of them, an invented one none', async () => {
  const [one, other] = [await world.connect('whatsapp'), await world.connect('whatsapp')];
  const verified = async () => {
    const { rows } = await world.sql.query<{ id: string }>(
      'SELECT id FROM connections WHERE id = ANY($1) AND verified_at IS NOT NULL',
      [[one.shop.connectionId, other.shop.connectionId]],
    );
    return rows.map(({ id }) => id);
  };
  const shake = (token: string) =>
    request(world.app)
      .get('/webhooks/whatsapp')
      .set('X-Forwarded-For', '10.9.9.9')
      .query({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '77' });
  const own = createVerifyTokens([KEY]).of(one.shop.connectionId);

  expect((await shake(`${own.slice(0, -1)}${own.endsWith('0') ? '1' : '0'}`)).status).toBe(403);
  expect((await shake(createVerifyTokens(['another key']).of(one.shop.connectionId))).status).toBe(403);
  expect(await verified()).toEqual([]);
  expect((await shake(own)).text).toBe('77');
  expect(await verified()).toEqual([one.shop.connectionId]);
  expect((await shake(VERIFY_TOKEN)).text).toBe('77');
  expect(await verified()).toHaveLength(2);
});
