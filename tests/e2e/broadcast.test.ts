import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsAtWidths, openBrowser, visit } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { send } from '../support/tour.ts';

const CUSTOMERS = 150;
let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ ai: false }), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await product.close();
});

/** An owner with customers; gives the page's address. */
async function shop(page: Page, username: string, botId: number): Promise<{ base: string; bot: BotState }> {
  await send(page, '/register', '/register', { username, email: `${username}@example.com`, password: PASSWORD });
  const bot = product.telegram.addBot({ token: `${botId}:${'A'.repeat(35)}` });
  await send(page, '/bots/new', '/bots', { name: 'Oltin Non', systemPrompt: 'Help.', telegramToken: bot.token });
  for (let chat = 0; chat < CUSTOMERS; chat += 1) bot.knownChats.add(5_000 + chat);
  await product.installation.query(
    `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name, language, opted_out_at)
     SELECT gen_random_uuid(), tenant_id, bot_id, id, (5000 + n)::text, 'Aziz ' || n, 'uz', CASE WHEN n < 5 THEN now() END
     FROM connections, generate_series(0, $2::int - 1) n WHERE account_id = $1`,
    [String(botId), CUSTOMERS],
  );
  await product.installation.query(
    `INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, last_message_at)
     SELECT gen_random_uuid(), tenant_id, bot_id, connection_id, id, platform_user_id, now() - interval '1 hour' FROM customers
     ON CONFLICT DO NOTHING`,
  );
  return { base: `${/\/bots\/[0-9a-f-]{36}/.exec(page.url())?.[0]}/broadcasts`, bot };
}

test.each([
  ['en', 700_000_011],
  ['ru', 700_000_012],
  ['uz', 700_000_013],
])('in %s a broadcast is written, tested, checked and sent, and its page updates itself', async (language, botId) => {
  const page = await (await visit(browser, product.app.url, language)).newPage();
  const { base, bot } = await shop(page, `owner_${language}`, botId);
  await page.goto(base);
  await page.fill('#text', 'Yangi patir 5 000 soʻm.');
  await page.locator('form summary').first().click();
  await page.fill('#buttonLabel', 'Menyu');
  await page.fill('#buttonUrl', 'https://example.com/menu');
  // The bot is on Telegram alone, and so is the preview; the server says how it looks.
  await page.locator('[data-preview="telegram"] .preview__button', { hasText: 'Menyu' }).waitFor();
  expect(await page.locator('[data-preview="whatsapp"]').count()).toBe(0);
  const faults = await faultsAtWidths(page, 'the form', language);

  await page.locator('button[formaction$="/test"]').click();
  await page.locator('.notice--success').waitFor();
  expect(bot.sent).toHaveLength(1);
  await page.locator('button[formaction$="/preview"]').click();
  await page.locator('form[data-once]').waitFor();
  expect(await page.locator('.stat__value').first().textContent()).toBe(String(CUSTOMERS - 5));
  faults.push(...(await faultsAtWidths(page, 'the preflight', language)));

  await page.locator('form[data-once] button').click();
  await page.locator('[data-state="sending"]').waitFor();
  const shown = async (): Promise<number> => Number(await page.locator('[data-count="sent"]').textContent());
  await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThan(20);
  await page.locator('[data-state="finished"]').waitFor({ timeout: 60_000 });
  expect(await shown()).toBe(CUSTOMERS - 5);
  expect(bot.sent).toHaveLength(CUSTOMERS - 5 + 1);
  faults.push(...(await faultsAtWidths(page, 'the progress', language)));
  expect(faults).toEqual([]);
});
