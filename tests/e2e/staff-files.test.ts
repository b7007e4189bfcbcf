// A photo, a document and a voice message from the composer, with a browser that has a (made up) microphone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allFaultsOf, openBrowser, setWidth, visit } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { pdf } from '../support/sample-files.ts';
import { PASSWORD } from '../support/site-visitor.ts';
import { send } from '../support/tour.ts';

const BOT = 700_000_041;
let product: Product;
let browser: Browser;
beforeAll(async () => {
  const microphone = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  [product, browser] = await Promise.all([startProduct({ ai: false }), openBrowser(microphone)]);
});
afterAll(async () => {
  await browser.close();
  await product.close();
});

const bot = () => product.telegram.bot(BOT);
const sentBy = (method: string) =>
  product.telegram.waitFor(() => bot().calls.find((call) => call.method === method), method, 60_000);

async function openConversation(page: Page): Promise<string> {
  await send(page, '/register', '/register', { username: 'owner', email: 'owner@example.com', password: PASSWORD });
  const { token } = product.telegram.addBot({ token: `${BOT}:${'A'.repeat(35)}` });
  await send(page, '/bots/new', '/bots', { name: 'Oltin Non', systemPrompt: 'Help.', telegramToken: token });
  product.telegram.customerSends(BOT, { userId: 5_001, firstName: 'Malika', languageCode: 'uz', text: 'Zalni koʻrsating' });
  await product.telegram.waitFor(() => bot().sent.length === 1, 'the answer', 60_000);
  const [row] = await product.installation.query<{ path: string }>(
    `SELECT '/bots/' || bot_id || '/conversations/' || id AS path FROM conversations WHERE connection_id IS NOT NULL`,
  );
  return row?.path as string;
}

test('a photo is made smaller, a document goes as it is, a recording arrives as a voice message', async () => {
  const context = await visit(browser, product.app.url, 'uz');
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await setWidth(page, 1280);
  const path = await openConversation(page);
  await page.goto(path);
  const photo = await page.screenshot({ scale: 'css' });

  await page.locator('#file').setInputFiles({ name: 'zal.png', mimeType: 'image/png', buffer: Buffer.from(photo) });
  await page.locator('[data-picture]').waitFor();
  await page.locator('#text').fill('Mana zal');
  for (const width of [1280, 390] as const) {
    await setWidth(page, width);
    expect(await allFaultsOf(page)).toEqual([]);
  }
  await setWidth(page, 1280);
  await page.keyboard.press('Enter');
  await sentBy('sendPhoto');
  await page.locator('img.bubble__photo').waitFor();
  expect(await page.locator('[data-chosen]').isVisible()).toBe(false);

  await page.locator('#file').setInputFiles({ name: 'narxlar.pdf', mimeType: 'application/pdf', buffer: pdf() });
  await page.locator('[data-discard]').click();
  expect(await page.locator('[data-chosen]').isVisible()).toBe(false);
  await page.locator('#file').setInputFiles({ name: 'narxlar.pdf', mimeType: 'application/pdf', buffer: pdf() });
  await page.locator('#text').focus();
  await page.keyboard.press('Enter');
  await sentBy('sendDocument');
  await page.locator('.bubble__file', { hasText: 'narxlar.pdf' }).waitFor();

  await page.locator('[data-record]').click();
  await page.locator('[data-stop]').waitFor();
  await page.locator('[data-name]', { hasText: '0:02' }).waitFor();
  expect(await allFaultsOf(page)).toEqual([]);
  await page.locator('[data-stop]').click();
  await page.locator('[data-listen][src]').waitFor();
  await page.locator('form.composer button[type="submit"]:not([formaction])').click();
  await sentBy('sendVoice');
  const player = page.locator('audio.bubble__player');
  await player.waitFor();
  // The browser itself can play what was made of its recording.
  const address = await player.evaluate((audio: { src: string }) => audio.src);
  const seconds = await page.evaluate<number>(`(async () => {
    const content = await (await fetch(${JSON.stringify(address)})).arrayBuffer();
    return (await new OfflineAudioContext(1, 1, 48000).decodeAudioData(content)).duration;
  })()`);
  expect(seconds).toBeGreaterThan(1.5);
  expect(errors).toEqual([]);
  await context.close();
});

test('a file that was chosen while the network is away goes out by itself after a reload', async () => {
  const [row] = await product.installation.query<{ path: string }>(
    `SELECT '/bots/' || bot_id || '/conversations/' || id AS path FROM conversations WHERE connection_id IS NOT NULL`,
  );
  const context = await visit(browser, product.app.url, 'uz');
  const page = await context.newPage();
  await send(page, '/login', '/login', { login: 'owner', password: PASSWORD });
  await page.goto(row?.path as string);
  const before = bot().calls.filter(({ method }) => method === 'sendDocument').length;
  await page.route('**/messages', (route) => route.abort());
  await page.locator('#file').setInputFiles({ name: 'menyu.pdf', mimeType: 'application/pdf', buffer: pdf() });
  await page.locator('#text').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-unsent] .is-bad').waitFor();
  await page.unroute('**/messages');
  await page.reload();
  await product.telegram.waitFor(
    () => bot().calls.filter(({ method }) => method === 'sendDocument').length === before + 1,
    'the document',
    60_000,
  );
  await page.locator('.bubble__file', { hasText: 'menyu.pdf' }).waitFor();
  expect(await page.locator('[data-unsent]').count()).toBe(0);
  await context.close();
});
