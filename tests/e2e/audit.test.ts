// The trail on its three pages, with a line of every action and one that no version of the product writes.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/core/languages.ts';
import { type AppProcess, type Installation, newInstallation, startApp } from '../support/app-process.ts';
import { seedTrail } from '../support/audit-trail.ts';
import { axeViolations, faultsOf, openBrowser, setWidth, visit, WIDTHS } from '../support/browser.ts';
import { furnish } from '../support/tour.ts';

let installation: Installation;
let app: AppProcess;
let browser: Browser;
beforeAll(async () => {
  installation = await newInstallation();
  [app, browser] = await Promise.all([startApp(installation.env), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.end('SIGTERM');
  await installation?.remove();
});

async function faultsAt(page: Page, path: string): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await setWidth(page, width);
    await page.goto(path);
    found.push(...[...(await faultsOf(page)), ...(await axeViolations(page))].map((fault) => `${path} at ${width}: ${fault}`));
  }
  return found;
}

test.each(
  LANGUAGES,
)('in %s every page of the trail fits both widths, is in words and breaks no rule of axe', async (language) => {
  const context = await visit(browser, app.url, language);
  try {
    const page = await context.newPage();
    const bot = await furnish(page, language);
    const { userId } = await seedTrail(installation, bot);
    for (const path of ['/account/audit', '/admin/audit', `/admin/users/${userId}`])
      expect(await faultsAt(page, path)).toEqual([]);

    await page.goto('/account/audit');
    expect(await page.locator('.trail').innerText()).toContain('user.flew');
    await page.selectOption('#kind', 'broadcasts');
    await Promise.all([page.waitForURL(/kind=broadcasts/), page.locator('form[role=search] button').click()]);
    const codes = await page.locator('.trail code').allInnerTexts();
    expect(codes.filter((code) => !code.startsWith('broadcast.'))).toEqual([]);
    expect(codes).toContain('broadcast.halted');
    expect(await page.inputValue('#kind')).toBe('broadcasts');
  } finally {
    await context.close();
  }
});
