// Forms in a browser: what was typed survives a reload, a double click makes one, and what was sent leaves no draft.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BrowserSite, startBrowserSite } from '../support/browser-site.ts';
import { furnish } from '../support/tour.ts';

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site?.close());

test('a draft survives a reload and is gone once it was sent; a double click makes one entry; the button rests meanwhile', async () => {
  const context = await site.visit('uz');
  const page = await context.newPage();
  const knowledge = `${await furnish(page, 'uz')}/knowledge`;
  await page.goto(knowledge);
  const form = page.locator(`form[action="${knowledge}"][method="post"]`).first();
  await form.evaluate((element) => element.closest('details')?.setAttribute('open', ''));
  await form.locator('[name="title"]').fill('Bayram kunlari');
  await form.locator('[name="content"]').fill('Yangi yilda ishlamaymiz.');
  await page.reload();
  expect(await form.locator('[name="title"]').inputValue()).toBe('Bayram kunlari');
  expect(await form.locator('[name="content"]').inputValue()).toBe('Yangi yilda ishlamaymiz.');

  await form.locator('button[type="submit"]').dblclick();
  // The page that answers names the entry.
  await page.getByText('Bayram kunlari').first().waitFor();
  await page.goto(knowledge);
  expect(await page.getByText('Bayram kunlari').count()).toBe(1);
  expect(await form.locator('[name="title"]').inputValue()).toBe('');
  await context.close();
});
