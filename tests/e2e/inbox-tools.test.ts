import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allFaultsOf, openBrowser, setWidth, visit } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import { send } from '../support/tour.ts';

const BOT = 700_000_031;
let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await product.close();
});

/** An owner's bot that answered one customer of each name; gives the addresses of the conversations, in this order. */
async function talks(page: Page, ...names: string[]): Promise<string[]> {
  await send(page, '/register', '/register', { username: 'owner', email: 'owner@example.com', password: PASSWORD });
  const bot = product.telegram.addBot({ token: `${BOT}:${'A'.repeat(35)}` });
  await send(page, '/bots/new', '/bots', { name: 'Oltin Non', systemPrompt: 'Help.', telegramToken: bot.token });
  for (const [nth, firstName] of names.entries()) {
    product.telegram.customerSends(BOT, { userId: 5_001 + nth, firstName, languageCode: 'uz', text: 'Tort qancha turadi?' });
    await product.telegram.waitFor(() => bot.sent.length === nth + 1, `answer to ${firstName}`, 60_000);
  }
  const rows = await product.installation.query<{ path: string }>(
    `SELECT '/bots/' || bot_id || '/conversations/' || id AS path FROM conversations WHERE connection_id IS NOT NULL ORDER BY chat_id`,
  );
  return rows.map(({ path }) => path);
}

test('a note is kept beside the messages and never sent, and / puts a saved reply into the composer', async () => {
  const context = await visit(browser, product.app.url, 'uz');
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await setWidth(page, 1280);
  const [path = '', other = ''] = await talks(page, 'Malika', 'Gulya');
  const sent = (): number => product.telegram.bot(BOT).sent.length;
  const before = sent();
  const saved = { name: 'narx', uz: 'Assalomu alaykum, {name}! Kilogrammi 180 000 soʻm.' };
  await send(page, '/conversations/replies', '/conversations/replies', saved);

  await page.goto(path);
  await page.locator('#text').fill('Ertaga tayyor boʻladi.');
  await page.locator('[data-note]').click();
  await page.locator('.note', { hasText: 'Ertaga tayyor' }).waitFor();
  await page.reload();
  expect(await page.locator('#text').inputValue()).toBe('');

  await page.locator('#text').pressSequentially('/na');
  await page.locator('.picker__one').waitFor();
  await page.keyboard.press('Enter');
  expect(await page.locator('#text').inputValue()).toBe('Assalomu alaykum, Malika! Kilogrammi 180 000 soʻm.');
  expect(sent()).toBe(before);

  await page.goto(`${path}/join?q=gul`);
  await page.locator(`form[action="${path}/join"] button`).last().click();
  await page.locator(`.card-accounts a[href="${other}"]`).waitFor();
  for (const at of [path, `${path}/join`, '/conversations/labels', '/conversations/replies', '/dashboard']) {
    await page.goto(at);
    expect(await allFaultsOf(page)).toEqual([]);
  }
  expect(errors).toEqual([]);
  await context.close();
});
