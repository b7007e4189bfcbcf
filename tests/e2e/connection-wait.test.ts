import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import { send } from '../support/tour.ts';

let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ ai: false }), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await product.close();
});

test('the page shows the channel’s start and the first message, and keeps typed text', async () => {
  const page = await (await visit(browser, product.app.url, 'en')).newPage();
  await send(page, '/register', '/register', { username: 'waiter', email: 'waiter@example.com', password: PASSWORD });
  const bot = product.telegram.addBot({ token: `730000001:${'A'.repeat(35)}`, username: 'waiting_bot' });
  await send(page, '/bots/new', '/bots', { name: 'Aida', systemPrompt: 'You help.', telegramToken: bot.token });

  await page.locator('article .status--ok').waitFor();
  expect(await page.locator('article a[href="https://t.me/waiting_bot"]').count()).toBe(1);
  await page.locator('#settings [name="name"]').fill('Typed, not saved');
  product.telegram.customerSends(bot, { userId: 5, text: 'Hello', firstName: 'Ali' });

  await page.locator('article .checklist .is-done').waitFor();
  expect(await page.locator('#settings [name="name"]').inputValue()).toBe('Typed, not saved');
  expect(await page.locator('article a[href="https://t.me/waiting_bot"]').count()).toBe(0);
  await page.reload();
  expect(await page.locator('article .checklist .is-done').count()).toBe(1);
});
