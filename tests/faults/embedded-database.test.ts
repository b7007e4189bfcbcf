import { afterAll, beforeAll, expect, test } from 'vitest';
import { newInstallation } from '../support/app-process.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let bot: BotState;
beforeAll(async () => {
  const installation = await newInstallation({ embedded: true });
  product = await startProduct({ ai: false, adapt: ({ DATABASE_URL: _, ...env }) => ({ ...env, ...installation.env }) });
  product.installation = installation;
  [bot] = (await ownerWithBots(product, 1)).bots;
}, 120_000);
afterAll(() => product.close());

const answers = (): number => product.telegram.sent(bot).length;

test('R10: on a full disk pages are read, nothing is taken in and nothing polled; with space again what waited is answered', async () => {
  await product.app.end('SIGTERM');
  // More than any disk has.
  product.env.MIN_FREE_MB = '100000000000';
  await product.restart();
  const callsBefore = product.telegram.calls(bot, 'getUpdates').length;
  product.telegram.customerSends(bot, { userId: 9, languageCode: 'en', text: 'Hello?' });

  const form = await fetch(`${product.app.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ login: 'a', password: 'b' }),
  });
  const webhook = await fetch(`${product.app.url}/webhooks/telegram/x`, { method: 'POST', body: '{}' });
  const page = await fetch(`${product.app.url}/login`);

  expect([page.status, form.status, webhook.status]).toEqual([200, 503, 503]);
  expect(await form.text()).toMatch(/disk/i);
  expect(product.telegram.calls(bot, 'getUpdates')).toHaveLength(callsBefore);
  expect(bot.queue).toHaveLength(1);

  await product.app.end('SIGTERM');
  product.env.MIN_FREE_MB = '0';
  await product.restart();
  await product.telegram.waitFor(() => answers() === 1, 'the answer', 30_000);
});
