// S46, S47, S52, S53, R47: what comes to the webhooks. Telegram's has its own in tests/channels/telegram.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { downloadMedia } from '../../src/channels/meta/media.ts';
import { type WebhookWorld, webhookWorld } from '../pipeline/webhook-world.ts';
import {
  instagramDelivery,
  instagramMessage,
  whatsappDelivery,
  whatsappMessage,
  whatsappStatus,
} from '../support/graph-emulator/payloads.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { soak } from '../support/soak.ts';

type Connected = Awaited<ReturnType<WebhookWorld['connect']>>;

let world: WebhookWorld;
let whatsapp: Connected;
let instagram: Connected;
beforeAll(async () => {
  world = await webhookWorld();
  [whatsapp, instagram] = [await world.connect('whatsapp'), await world.connect('instagram')];
});
afterAll(() => world.close());

const NASTY = [
  ...['__proto__', 'constructor', '\0', '\ud800', '../../me', 'a'.repeat(5_000), '-1', '1e400'],
  ...[-1, 0, 1e308, true, null],
];
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(...NASTY, [], {}, [[]], [null], { __proto__: null, text: { body: {} } }),
);

/** The value with some of its parts, anywhere inside, changed into something else, doubled or left out. */
function mangled(value: unknown): fc.Arbitrary<unknown> {
  const rest: fc.Arbitrary<unknown> =
    typeof value === 'object' && value !== null
      ? fc
          .tuple(...Object.values(value).map(mangled))
          .map((parts) =>
            Array.isArray(value) ? parts : Object.fromEntries(Object.keys(value).map((key, i) => [key, parts[i]])),
          )
      : fc.constant(value);
  const shapes: fc.Arbitrary<unknown>[] = [fc.constant(undefined), rest.map((part) => [part, part]), anything];
  return fc.oneof({ weight: 40, arbitrary: rest }, ...shapes.map((arbitrary) => ({ weight: 1, arbitrary })));
}

const samples = (): Record<'whatsapp' | 'instagram', unknown[]> => {
  const ids = { from: '998901112233' };
  const media = { type: 'image', content: { id: '../me', mime_type: 'image/jpeg', sha256: 'x', caption: 'see' } };
  const attachments = [{ type: 'image', payload: { url: 'http://169.254.169.254/latest/meta-data' } }];
  return {
    whatsapp: [
      whatsappDelivery(whatsapp.account, whatsappMessage({ ...ids, text: 'Salom' }).value),
      whatsappDelivery(whatsapp.account, whatsappMessage({ ...ids, ...media }).value),
      whatsappDelivery(whatsapp.account, whatsappStatus('wamid.x', ids.from, 'failed', [{ code: 131047, title: 'x' }])),
    ],
    instagram: [
      instagramDelivery(instagram.account, [instagramMessage(instagram.account, { ...ids, text: 'Salom' }).event]),
      instagramDelivery(instagram.account, [instagramMessage(instagram.account, { ...ids, message: { attachments } }).event]),
    ],
  };
};

test.each(['whatsapp', 'instagram'] as const)('%s: strange signed deliveries cause no 500', async (kind) => {
  const { account } = kind === 'whatsapp' ? whatsapp : instagram;
  const strange = fc.oneof(...samples()[kind].map(mangled));
  await fc.assert(
    fc.asyncProperty(strange, async (payload) => {
      const { status } = await world.deliver(account, payload ?? null);
      expect([200, 400, 401]).toContain(status);
    }),
    { numRuns: soak(80, 250), seed: 20261122 },
  );
  expect((await world.deliver(account, samples()[kind][0])).status).toBe(200);
});

test.each(['whatsapp', 'instagram'] as const)('%s: an unsigned delivery stores nothing', async (kind) => {
  const { account } = kind === 'whatsapp' ? whatsapp : instagram;
  const [body, before] = [bytesOf(samples()[kind][0]), await world.stored()];
  const good = signatureOf(body, account.appSecret);
  const signature = fc.oneof(
    fc.constantFrom(
      '',
      'sha256=',
      good.slice(7),
      good.replace('256', '1'),
      `${good}0`,
      `${good}, ${good}`,
      good.slice(0, -1),
      `sha256=${'z'.repeat(64)}`,
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 90 }).map((text) => text.trim()),
    fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') }).map((hex) => `sha256=${hex}`),
  );
  await fc.assert(
    fc.asyncProperty(signature, async (given) => {
      expect((await world.post(kind, body, given)).status).toBe(401);
    }),
    { numRuns: soak(25, 60), seed: 20261122 },
  );
  expect((await world.post(kind, body)).status).toBe(401);
  expect(await world.stored()).toBe(before);
});

test('a forged delivery with 20,000 accounts costs one look-up of the first 20', async () => {
  const entry = Array.from({ length: 20_000 }, (_, i) => ({ id: String(10_000_000 + i), messaging: [] }));
  const { sql } = world.container.database;
  const asked: unknown[] = [];
  const query = sql.query;
  sql.query = ((...args: Parameters<typeof query>) => {
    const text = typeof args[0] === 'string' ? args[0] : args[0].text;
    // Earlier refusals are counted about now.
    if (/\bconnections\b/.test(text))
      asked.push(((typeof args[0] === 'string' ? args[1] : args[0].values)?.[1] as string[]).length);
    return query.apply(sql, args);
  }) as typeof query;
  try {
    const answer = await world.post('instagram', bytesOf({ object: 'instagram', entry }), `sha256=${'0'.repeat(64)}`);
    expect([answer.status, asked]).toEqual([401, [20]]);
  } finally {
    sql.query = query;
  }
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://localhost/x',
  'http://lookaside.fbsbx.com/x',
  'https://lookaside.fbsbx.com:8443/x',
  'https://lookaside.fbsbx.com.evil.example/x',
  'https://evilfbsbx.com/x',
  'https://evil.example/fbsbx.com',
  'https://lookaside.fbsbx.com@evil.example/x',
  'https://evil.example#.fbsbx.com',
  'https://evil.example\\.fbsbx.com',
  'file:///etc/passwd',
  'gopher://fbsbx.com/',
  '//fbsbx.com/x',
  'fbsbx.com',
  '',
])('a picture at %j is never fetched', async (url) => {
  const asked: unknown[] = [];
  const http = async (request: { url: string }) => {
    asked.push(request.url);
    return { ok: false as const, reason: 'unreachable' as const };
  };
  const got = await downloadMedia({ http, baseUrl: 'https://graph.facebook.com' }, { url, bearer: 'secret', maxBytes: 1_000 });
  expect([got, asked]).toEqual([{ ok: false, reason: 'rejected' }, []]);
});
