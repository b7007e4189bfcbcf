// S55, S62: a whole run of the product in which everything goes wrong that can: its log holds no secret and no customer's words.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import { faults } from '../support/telegram-emulator/faults.ts';

const WORDS = 'xylophone-secret-of-a-customer';

let product: Product;
beforeAll(async () => {
  // Whatever can be told is told.
  product = await startProduct({ adapt: (env) => ({ ...env, LOG_LEVEL: 'trace' }) });
});
afterAll(() => product.close());

test('after failing calls of every kind the log has no token, key, password, cookie or message', async () => {
  const { owner, bots } = await ownerWithBots(product, 2);
  const { telegram, gemini, app } = product;
  const [bot, other] = bots as [(typeof bots)[0], (typeof bots)[0]];

  gemini.controls.nextFaults = ['internal', 'internal', 'malformed_json', 'bad_key', 'reset', 'html_error'];
  for (const kind of ['reset', 'badGateway'] as const) {
    telegram.fault({ botId: bot.id, method: 'sendMessage', times: 1, fault: faults[kind] });
    telegram.fault({ botId: bot.id, method: 'getUpdates', times: 1, fault: faults[kind] });
  }
  for (let i = 0; i < 4; i++) {
    telegram.customerSends(bot, { userId: 900 + i, firstName: WORDS, text: `${WORDS} ${i}` });
  }
  await telegram.waitFor(() => telegram.sent(bot).length >= 1, 'an answer in spite of it all', 60_000);

  telegram.revoke(other);
  const failed = "SELECT 1 FROM connections WHERE state = 'FAILED'";
  await telegram.waitFor(
    async () => (await product.installation.query(failed)).length === 1,
    'the revoked token to be noticed',
    60_000,
  );
  await owner.submit('/bots/new', '/bots', {
    name: 'x',
    systemPrompt: 'y',
    platform: 'telegram',
    telegramToken: `1${other.token}`,
  });
  await owner.submit('/login', '/login', { login: 'owner', password: `${PASSWORD}wrong` });
  await owner.get(`/reset-password/${'r'.repeat(43)}`);
  await owner.get('/dashboard?token=query-secret-value');

  const log = app.output();
  expect(log.split('\n').length).toBeGreaterThan(15);
  expect(log).toContain('"level":"debug"');
  const sessions = await product.installation.query<{ id_hash: string }>('SELECT id_hash FROM sessions');
  const secrets = [bot, other].map(({ token }) => token.split(':')[1] as string);
  for (const secret of [
    ...secrets,
    gemini.apiKey,
    PASSWORD,
    WORDS,
    'r'.repeat(43),
    'query-secret-value',
    'bf.sid',
    ...sessions.map(({ id_hash: hash }) => hash),
  ]) {
    expect([secret, log.includes(secret)]).toEqual([secret, false]);
  }
  expect(log).not.toMatch(/\d{6,12}:[A-Za-z0-9_-]{30,}/);
});
