// S52, S53, R47: forged, replayed, truncated, oversized and malformed deliveries, kind by kind, at all three webhooks.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebhookSecrets } from '../../src/channels/telegram/webhook/webhook-secret.ts';
import { type WebhookWorld, webhookWorld } from '../pipeline/webhook-world.ts';
import { instagramDelivery, instagramMessage, whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { type Shop, seedShop } from '../support/pipeline.ts';
import { type Attempt, brokenBodies, forgedSignatures, tamperings, unreadableEntries } from './bad-deliveries.ts';

const KEY = 'the key of today is of thirty-two letters';
const RUNS = 4;
type Connected = Awaited<ReturnType<WebhookWorld['connect']>>;
let world: WebhookWorld;
let telegram: Shop;
const connected = {} as Record<'whatsapp' | 'instagram', Connected>;
beforeAll(async () => {
  world = await webhookWorld({ ENCRYPTION_KEY: KEY });
  for (const kind of ['whatsapp', 'instagram'] as const) connected[kind] = await world.connect(kind);
  telegram = await seedShop(world);
});
afterAll(() => world.close());

const good = (kind: 'whatsapp' | 'instagram', text = 'Narxi qancha?', externalId?: string): Buffer => {
  const { account } = connected[kind];
  const message = { from: '998901112233', text, ...(externalId && { externalId }) };
  return bytesOf(
    kind === 'whatsapp'
      ? whatsappDelivery(account, whatsappMessage(message).value)
      : instagramDelivery(account, [instagramMessage(account, message).event]),
  );
};

/** Sends several of each kind; gives the statuses seen. What was stored before is all there is afterwards. */
async function refuseAll(kinds: Record<string, fc.Arbitrary<Attempt>>, send: (attempt: Attempt) => Promise<{ status: number }>) {
  const before = await world.stored();
  const statuses = new Set<number>();
  for (const [name, attempts] of Object.entries(kinds)) {
    await fc.assert(
      fc.asyncProperty(attempts, async (attempt) => {
        const { status } = await send(attempt);
        statuses.add(status);
        expect(status, name).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
    expect(await world.stored(), name).toBe(before);
  }
  return [...statuses].sort();
}

test.each(['whatsapp', 'instagram'] as const)('%s: no kind of bad delivery stores anything or causes a 500', async (kind) => {
  const { appSecret } = connected[kind].account;
  const other = connected[kind === 'whatsapp' ? 'instagram' : 'whatsapp'].account.appSecret;
  const body = good(kind);
  const kinds = {
    ...forgedSignatures(body, appSecret, other),
    ...tamperings(body, appSecret),
    ...brokenBodies(body, (bytes) => signatureOf(bytes, appSecret)),
    ...unreadableEntries(kind, connected[kind].account.id, (bytes) => signatureOf(bytes, appSecret)),
  };
  expect(Object.keys(kinds).length).toBeGreaterThanOrEqual(50);
  const statuses = await refuseAll(kinds, ({ body: bytes, proof }) => world.post(kind, bytes, proof));
  expect(statuses).toEqual([200, 400, 401, 413]);
});

test.each(['whatsapp', 'instagram'] as const)('%s: a replayed delivery stores nothing in any form', async (kind) => {
  const { account } = connected[kind];
  const first = good(kind, 'Bir marta', `once-${kind}`);
  expect((await world.post(kind, first, signatureOf(first, account.appSecret))).status).toBe(200);
  const dressed: fc.Arbitrary<Buffer> = fc.oneof(
    fc.constant(first),
    fc
      .string({ unit: fc.constantFrom(' ', '\n', '\t'), maxLength: 50 })
      .map((blank) => Buffer.concat([first, Buffer.from(blank)])),
    fc.string({ minLength: 1, maxLength: 200 }).map((text) => good(kind, text, `once-${kind}`)),
    fc.integer({ min: 2, max: 20 }).map((times) => doubled(first, times)),
  );
  const kinds = { replayed: dressed.map((body) => ({ body, proof: signatureOf(body, account.appSecret) })) };
  expect(await refuseAll(kinds, ({ body, proof }) => world.post(kind, body, proof))).toEqual([200]);
});

function doubled(body: Buffer, times: number): Buffer {
  const { object, entry } = JSON.parse(body.toString()) as { object: string; entry: unknown[] };
  return bytesOf({ object, entry: Array.from({ length: times }, () => entry).flat() });
}

test('telegram: no kind of bad call stores anything or causes a 500', async () => {
  const right = createWebhookSecrets([KEY]).of(telegram.connectionId);
  const from = { id: 77, is_bot: false, first_name: 'Lola' };
  const body = Buffer.from(
    JSON.stringify({ update_id: 1, message: { message_id: 1, date: 1, chat: { id: 77, type: 'private' }, from, text: 'Salom' } }),
  );
  const forged = {
    'no secret': fc.constant(''),
    'a part of the secret': fc.integer({ min: 1, max: right.length - 1 }).map((length) => right.slice(0, length)),
    'more than the secret': fc.stringMatching(/^[\w-]{1,20}$/).map((more) => right + more),
    'the secret in another case': fc.constant(right.toUpperCase() === right ? right.toLowerCase() : right.toUpperCase()),
    'any other': fc.stringMatching(/^[\w-]{1,256}$/),
    'its hash': fc.constant(createHash('sha256').update(right).digest('hex')),
  };
  const kinds = {
    ...Object.fromEntries(
      Object.entries(forged).map(([name, secrets]) => [name, secrets.map((proof): Attempt => ({ body, proof }))]),
    ),
    ...brokenBodies(body, () => right),
  };
  const statuses = await refuseAll(kinds, ({ body: bytes, proof }) =>
    request(world.app)
      .post(`/webhooks/telegram/${telegram.connectionId}`)
      .set({ 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': proof ?? '' })
      .serialize((whole) => whole)
      .send(bytes),
  );
  expect(statuses).toEqual([400, 401, 413]);
});
