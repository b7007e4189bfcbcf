// node scripts/screenshots.ts BASE_URL [FOLDER]: every page of a running installation as PNG, at two widths in three languages.
// Signs up an owner with a bot and knowledge. Exit code 1 when a page overflows or shows a raw key.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { LANGUAGES } from '../src/core/languages.ts';
import { faultsOf, openBrowser, setWidth, visit, WIDTHS } from '../tests/support/browser.ts';
import { furnish, PUBLIC_PAGES, signedInPages } from '../tests/support/tour.ts';

const [baseUrl, folder = join(import.meta.dirname, '../tests/e2e/output')] = process.argv.slice(2);
if (!baseUrl) {
  console.error('usage: node scripts/screenshots.ts BASE_URL [FOLDER]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
let faults = 0;

const browser = await openBrowser();
for (const language of LANGUAGES) {
  const visitor = await visit(browser, baseUrl, language);
  const visitorPage = await visitor.newPage();
  await shoot(visitorPage, PUBLIC_PAGES, language);
  const bot = await furnish(visitorPage, language);
  await shoot(visitorPage, signedInPages(bot), language);
  await visitor.close();
}
await browser.close();
process.exitCode = faults > 0 ? 1 : 0;

async function shoot(page: Page, pages: Record<string, string>, language: string): Promise<void> {
  for (const width of WIDTHS) {
    await setWidth(page, width);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await page.screenshot({ path: join(folder, `${name}-${language}-${width}.png`), fullPage: true });
      const found = await faultsOf(page);
      faults += found.length;
      for (const fault of found) console.log(`${name} ${language} ${width}: ${fault}`);
    }
  }
}
