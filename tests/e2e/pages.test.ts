import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/core/languages.ts';
import { allFaultsOf, axeViolations, faultsAtWidths, setWidth } from '../support/browser.ts';
import { type BrowserSite, startBrowserSite } from '../support/browser-site.ts';
import { furnish, PUBLIC_PAGES, send, signedInPages } from '../support/tour.ts';

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site?.close());

/** Every fault of every page at both widths, each with where it was found. */
async function faultsOnTour(page: Page, pages: Record<string, string>, language: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, path] of Object.entries(pages)) {
    const response = await page.goto(path);
    if ((response?.status() ?? 500) >= 500) found.push(`${name}: answered ${response?.status()}`);
    found.push(...(await faultsAtWidths(page, name, language)));
  }
  return found;
}

async function withVisitor(language: string, act: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await site.visit(language);
  try {
    await act(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

test.each(LANGUAGES)('public pages in %s fit both widths, are translated and pass axe', (language) =>
  withVisitor(language, async (page) => {
    expect(await faultsOnTour(page, PUBLIC_PAGES, language)).toEqual([]);
  }));

test.each(LANGUAGES)('signed-in pages in %s fit both widths, are translated and pass axe', (language) =>
  withVisitor(language, async (page) => {
    const bot = await furnish(page, language);
    expect(await faultsOnTour(page, signedInPages(bot), language)).toEqual([]);
  }));

test('a refused form comes back with the summary focused and nothing broken', () =>
  withVisitor('uz', async (page) => {
    await send(page, '/register', '/register', { username: 'x', email: 'not-an-address', password: 'short' });

    expect(await page.locator(':focus').getAttribute('class')).toContain('error-summary');
    expect(await allFaultsOf(page)).toEqual([]);
  }));

test('no page causes a console error or a failed request', () =>
  withVisitor('ru', async (page) => {
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('requestfailed', (request) => errors.push(`${request.url()} failed`));
    page.on('response', (response) => response.status() >= 400 && errors.push(`${response.url()} ${response.status()}`));
    for (const path of ['/', '/login', '/register']) await page.goto(path, { waitUntil: 'networkidle' });

    expect(errors).toEqual([]);
  }));

test('on a phone the navigation opens as a drawer, keeps the keyboard in reach and closes with Escape', () =>
  withVisitor('en', async (page) => {
    await furnish(page, 'en');
    await setWidth(page, 390);
    await page.goto('/dashboard');
    const nav = page.getByRole('navigation', { name: 'Main' });
    expect(await nav.isVisible()).toBe(false);

    await page.getByRole('button', { name: 'Open the menu' }).click();
    expect(await nav.isVisible()).toBe(true);
    expect(await axeViolations(page)).toEqual([]);

    await page.keyboard.press('Escape');
    expect(await nav.isVisible()).toBe(false);
  }));

test('the language switch changes the page, stays on it and is remembered', () =>
  withVisitor('uz', async (page) => {
    await page.goto('/login');
    await page.getByRole('button', { name: 'Русский' }).click();
    await page.waitForLoadState();

    expect(new URL(page.url()).pathname).toBe('/login');
    expect(await page.getAttribute('html', 'lang')).toBe('ru');
  }));
