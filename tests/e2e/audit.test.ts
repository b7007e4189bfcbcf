// The trail on its three pages, with a line of every action and one that no version of the product writes.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/core/languages.ts';
import { seedTrail } from '../support/audit-trail.ts';
import { faultsAtWidths } from '../support/browser.ts';
import { type BrowserSite, startBrowserSite } from '../support/browser-site.ts';
import { furnish } from '../support/tour.ts';

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site?.close());

test.each(
  LANGUAGES,
)('in %s every page of the activity log fits both widths, is in sentences and passes axe', async (language) => {
  const context = await site.visit(language);
  try {
    const page = await context.newPage();
    const bot = await furnish(page, language);
    const { userId } = await seedTrail(site.installation, bot);
    for (const path of ['/account/audit', '/admin/audit', `/admin/users/${userId}`]) {
      await page.goto(path);
      expect(await faultsAtWidths(page, path, language)).toEqual([]);
    }

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
