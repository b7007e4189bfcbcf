import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allFaultsOf, faultsAtWidths, openBrowser, setWidth, visit } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import { send } from '../support/tour.ts';

const CHAT = 5_001;
const BOT = 700_000_021;
let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await product.close();
});

const customerSays = (text: string) =>
  product.telegram.customerSends(BOT, { userId: CHAT, firstName: 'Malika', languageCode: 'en', text });

/** The thread's own scroll bar begins at the end of the thread. */
const scrollFromTop = (page: Page, px: number) =>
  page.locator('[data-scroll]').evaluate((element, top) => {
    element.scrollTop = top + element.clientHeight - element.scrollHeight;
  }, px);

/** A bot that has answered a customer ten times; gives the address of the conversation. */
async function longTalk(page: Page): Promise<string> {
  await send(page, '/register', '/register', { username: 'owner', email: 'owner@example.com', password: PASSWORD });
  const bot = product.telegram.addBot({ token: `${BOT}:${'A'.repeat(35)}` });
  await send(page, '/bots/new', '/bots', { name: 'Oltin Non', systemPrompt: 'Help.', telegramToken: bot.token });
  for (let nth = 1; nth <= 10; nth += 1) {
    customerSays(`Question ${nth}, <i>please</i>`);
    await product.telegram.waitFor(() => bot.sent.length === nth, `answer ${nth}`, 30_000);
  }
  const [found] = await product.installation.query<{ path: string }>(
    `SELECT '/bots/' || bot_id || '/conversations/' || id AS path FROM conversations WHERE connection_id IS NOT NULL`,
  );
  return found?.path as string;
}

test('an open conversation updates itself and keeps typed text and the scroll position', async () => {
  const context = await visit(browser, product.app.url, 'en');
  const [page, colleague] = [await context.newPage(), await context.newPage()];
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await setWidth(page, 1280);
  const path = await longTalk(page);
  await page.goto(path);
  const bubbles = page.locator('.bubble');
  const field = page.locator('#text');
  expect(await bubbles.count()).toBe(20);

  // Somebody reads at the top and has begun to write.
  await field.fill('I am just wri');
  await scrollFromTop(page, 300);
  const place = () =>
    page
      .locator('.bubble')
      .nth(4)
      .evaluate((element) => element.getBoundingClientRect().top);
  const before = await place();
  customerSays('And on <b>Sunday</b>?');
  await page.locator('.bubble__text', { hasText: 'And on <b>Sunday</b>?' }).waitFor({ state: 'attached' });
  await page.locator('[data-newer]').waitFor();
  await expect.poll(() => bubbles.count(), { timeout: 60_000 }).toBe(22);
  expect(Math.abs((await place()) - before)).toBeLessThan(1.5);
  expect(await field.inputValue()).toBe('I am just wri');
  expect(await field.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  expect(await page.locator('[data-said]').textContent()).toMatch(/^(Customer: And on <b>Sunday<\/b>\?|Our side: )/);

  await page.locator('[data-newer]').click();
  await page.locator('[data-newer]').waitFor({ state: 'hidden' });
  const faults = await faultsAtWidths(page, 'after a message');
  await setWidth(page, 1280);

  // A colleague answers in another window: it says who, that the bot is silent, and how far the message has come.
  await colleague.goto(path);
  await colleague.fill('#text', 'Sundays from nine.');
  await colleague.locator('.composer .btn-primary').click();
  await page.locator('.notice--info', { hasText: 'A person answers here' }).waitFor();
  const answer = page.locator('.bubble--ours', { hasText: 'Sundays from nine.' });
  await answer.locator('use[href$="#fa-check"]').waitFor();
  expect(await answer.textContent()).toContain('a person: owner');
  expect(await page.locator('#take-over').count()).toBe(0);
  expect(await page.locator('#text-help').count()).toBe(0);
  // Who reads the end is taken along.
  const { y, height } = (await answer.boundingBox()) as { y: number; height: number };
  expect(y + height).toBeLessThan(800);

  // What goes from above the messages does not move them.
  await scrollFromTop(page, 400);
  const stood = await place();
  await colleague.locator('form[action$="/resume-bot"] button').click();
  await page.locator('#take-over').waitFor({ state: 'attached' });
  expect(await page.locator('.notice--info').count()).toBe(0);
  expect(Math.abs((await place()) - stood)).toBeLessThan(1.5);
  expect(await field.inputValue()).toBe('I am just wri');
  faults.push(...(await faultsAtWidths(page, 'handed back')));
  await setWidth(page, 1280);
  expect([...faults, ...errors]).toEqual([]);

  // The session ends elsewhere: what was typed is not thrown away.
  await product.installation.query('DELETE FROM sessions');
  await page.locator('[data-stopped]').waitFor();
  expect(await field.inputValue()).toBe('I am just wri');
  expect(await allFaultsOf(page)).toEqual([]);
});
