// A small working day in the inbox, in a real browser: what arrives, is answered, cut off, searched, and done by keys alone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsAtWidths, openBrowser, setWidth, visit } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { send } from '../support/tour.ts';

const BOT = 700_000_031;
let product: Product;
let browser: Browser;
let bot: BotState;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  bot = product.telegram.addBot({ token: `${BOT}:${'A'.repeat(35)}` });
});
afterAll(async () => {
  await browser.close();
  await product.close();
});

const says = (userId: number, firstName: string, text: string) =>
  product.telegram.customerSends(BOT, { userId, firstName, languageCode: 'en', text });
const row = (page: Page, name: string) => page.locator('.inbox__row', { hasText: name });
const field = (page: Page) => page.locator('.composer textarea');
const ours = (page: Page, text: string) => page.locator('.bubble--ours', { hasText: text });

/** Signs up with a bot that runs, and opens the inbox. */
async function openInbox(page: Page, owner: string): Promise<void> {
  await setWidth(page, 1280);
  await send(page, '/register', '/register', { username: owner, email: `${owner}@example.com`, password: PASSWORD });
  await send(page, '/bots/new', '/bots', { name: 'Oltin Non', systemPrompt: 'Help.', telegramToken: bot.token });
  await page.goto('/conversations');
}

test('a working day: conversations arrive live, are read, answered with a cut network, found and left by keys', async () => {
  const context = await visit(browser, product.app.url, 'en');
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await openInbox(page, 'shop');
  says(7_001, 'Malika', '/start');
  says(7_002, 'Азиз', '/start');
  await product.telegram.waitFor(() => bot.sent.length === 2, 'two answers', 30_000);

  // They come by themselves; one that asks for a person is bold, and counted in the tab's title.
  await page.goto('/conversations');
  says(7_003, 'Zilola', '/human');
  await row(page, 'Zilola').and(page.locator('.is-unread')).waitFor();
  expect(await row(page, 'Malika').getAttribute('class')).not.toContain('is-unread');
  await expect.poll(() => page.title(), { timeout: 60_000 }).toMatch(/^\(1\) Conversations/);
  const faults = await faultsAtWidths(page, 'the list');
  await setWidth(page, 1280);

  // By keys alone: down to the newest, open it, write, send.
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.thread h1', { hasText: 'Zilola' }).waitFor();
  await row(page, 'Zilola').and(page.locator(':not(.is-unread)')).waitFor();
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.type('One moment');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('please');
  const sentBefore = bot.sent.length;
  await page.keyboard.press('Enter');
  await product.telegram.waitFor(() => bot.sent.length > sentBefore, 'the answer of a person', 30_000);
  expect(bot.sent.at(-1)?.text).toBe('One moment\nplease');
  await ours(page, 'One moment').locator('use[href$="#fa-check"]').waitFor();
  expect(await field(page).inputValue()).toBe('');

  // The network is cut: what is written waits in the thread, survives a reload and goes out once.
  await context.setOffline(true);
  await field(page).fill('We are open until nine.');
  await page.keyboard.press('Enter');
  await ours(page, 'We are open until nine.').locator('.is-bad').waitFor();
  await field(page).fill('A draft');
  await context.setOffline(false);
  await page.reload();
  expect(await field(page).inputValue()).toBe('A draft');
  await ours(page, 'We are open until nine.').locator('use[href$="#fa-check"]').waitFor();
  await expect.poll(() => ours(page, 'We are open until nine.').count(), { timeout: 60_000 }).toBe(1);
  expect(bot.sent.filter(({ text }) => text === 'We are open until nine.')).toHaveLength(1);

  // The session ends: what is written stays, and goes out after signing in.
  await field(page).fill('Come by any time.');
  await product.installation.query('DELETE FROM sessions');
  await page.keyboard.press('Enter');
  await ours(page, 'Come by any time.').locator('.is-bad').waitFor();
  const path = new URL(page.url()).pathname;
  await send(page, `/login?returnTo=${encodeURIComponent(path)}`, '/login', { login: 'shop', password: PASSWORD });
  await page.goto(path);
  await ours(page, 'Come by any time.').locator('use[href$="#fa-check"]').waitFor();
  expect(bot.sent.filter(({ text }) => text === 'Come by any time.')).toHaveLength(1);
  faults.push(...(await faultsAtWidths(page, 'a thread')));
  await setWidth(page, 1280);

  // Esc leaves; / searches, in any script, also in what was said.
  await page.keyboard.press('Escape');
  await page.waitForURL('**/conversations?**');
  await page.keyboard.press('/');
  await page.keyboard.type('aziz');
  await page.keyboard.press('Enter');
  await page.waitForURL('**q=aziz**');
  expect(await page.locator('.inbox__row').count()).toBe(1);
  await page.goto('/conversations?q=кейк');
  expect(await page.locator('.inbox__row').count()).toBe(0);
  await page.goto('/conversations?q=moment');
  await row(page, 'Zilola').waitFor();
  expect([...faults, ...errors]).toEqual([]);
});

test('a long thread opens at its end and gives earlier messages while one scrolls up, without a jump', async () => {
  const context = await visit(browser, product.app.url, 'en');
  const page = await context.newPage();
  await setWidth(page, 1280);
  await send(page, '/register', '/register', { username: 'long', email: 'long@example.com', password: PASSWORD });
  await send(page, '/bots/new', '/bots', { name: 'Long', systemPrompt: 'Help.' });
  const [found] = await product.installation.query<{ path: string; id: string }>(
    `WITH shop AS (
       INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, sealed_secrets, secret_last4, state)
       SELECT gen_random_uuid(), tenant_id, id, 'telegram', 'long', 'v1:x:x:x:x', 'AAAA', 'ACTIVE' FROM bots WHERE name = 'Long'
       RETURNING *
     )
     INSERT INTO conversations (id, tenant_id, bot_id, connection_id, chat_id)
     SELECT gen_random_uuid(), tenant_id, bot_id, id, 'long' FROM shop
     RETURNING id, '/bots/' || bot_id || '/conversations/' || id AS path`,
  );
  await product.installation.query(
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, direction, kind, text, status, created_at)
     SELECT tenant_id, id, connection_id, 'in', 'text', 'Line ' || n || '.', 'answered', now() - (200 - n) * interval '1 hour'
     FROM conversations, generate_series(1, 200) n WHERE id = $1`,
    [found?.id],
  );
  await page.goto(found?.path as string);
  const bubbles = page.locator('.thread .bubble');
  const last = page.locator('.bubble', { hasText: 'Line 200.' });
  expect(await last.boundingBox()).toMatchObject({ y: expect.closeTo(600, -2.5) });
  const scroller = page.locator('[data-scroll]');
  const held = page.locator('.bubble', { hasText: 'Line 152.' });
  // To where the first of the page is near.
  await scroller.evaluate((element) => {
    element.scrollTop = element.clientHeight - element.scrollHeight + 30;
  });
  const before = (await held.boundingBox())?.y as number;
  await expect.poll(() => bubbles.count(), { timeout: 60_000 }).toBe(100);
  expect(Math.abs(((await held.boundingBox())?.y as number) - before)).toBeLessThan(1.5);
  for (const count of [150, 200]) {
    await scroller.evaluate((element) => {
      element.scrollTop = element.clientHeight - element.scrollHeight;
    });
    await expect.poll(() => bubbles.count(), { timeout: 60_000 }).toBe(count);
  }
  expect(await page.locator('[data-part="earlier"]').count()).toBe(0);
  const days = await page.locator('.thread .chat__day').evaluateAll((all) => all.map(({ id }) => id));
  expect(days).toEqual([...new Set(days)].toSorted());

  // What a search found is shown, however far above.
  await page.goto('/conversations?q=line+21.');
  const match = page.locator('.inbox__row a[href*="#m"]');
  await match.click();
  const target = page.locator('.thread .bubble:target', { hasText: 'Line 21.' });
  await expect.poll(async () => (await target.boundingBox())?.y ?? 0, { timeout: 60_000 }).toBeGreaterThan(100);

  // Without scripts too, and on a narrow phone.
  const storageState = await context.storageState();
  const plain = await browser.newContext({ baseURL: product.app.url, javaScriptEnabled: false, storageState });
  const phone = await plain.newPage();
  await phone.setViewportSize({ width: 320, height: 640 });
  await phone.goto(found?.path as string);
  const end = await phone.locator('.bubble', { hasText: 'Line 200.' }).boundingBox();
  const composer = await phone.locator('.thread__foot').boundingBox();
  expect((end?.y ?? 0) + (end?.height ?? 0)).toBeLessThanOrEqual(composer?.y as number);
  expect((composer?.y as number) + (composer?.height as number)).toBeLessThanOrEqual(640);
  await phone.locator('[data-part="earlier"] a').click();
  await phone.locator('.bubble', { hasText: 'Line 150.' }).waitFor();
});
