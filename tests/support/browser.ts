// A real browser for the tests that look at pages, and what is looked for: overflow, keys without a translation, axe's rules.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ROOT } from './source-tree.ts';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** Widths the pages are made for: a laptop and a phone. */
export const WIDTHS = [1280, 390] as const;
const HEIGHTS: Record<(typeof WIDTHS)[number], number> = { 1280: 800, 390: 844 };

/** What inspect-page.js, which runs in the page, answers. */
interface Seen {
  overflow: number;
  widest: string[];
  rawKeys: string[];
  untitled: boolean;
}
const INSPECT = readFileSync(join(import.meta.dirname, 'inspect-page.js'), 'utf8')
  .trim()
  .replace(/;$/, '');

export function openBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = EXECUTABLES.find((path) => existsSync(path));
  if (!executablePath) throw new Error(`no Chromium at ${EXECUTABLES.join(', ')}`);
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

/** A visitor's cookies and settings; `language` is what the browser asks for and what the switch would have set. */
export async function visit(browser: Browser, baseUrl: string, language: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: baseUrl, locale: language, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'lang', value: language, url: baseUrl }]);
  // A deadline for a busy machine: nothing is measured by it.
  context.setDefaultTimeout(60_000);
  return context;
}

export const setWidth = (page: Page, width: (typeof WIDTHS)[number]): Promise<void> =>
  page.setViewportSize({ width, height: HEIGHTS[width] });

/** What is wrong with the page as it is now, in words; [] when nothing is. */
export async function faultsOf(page: Page): Promise<string[]> {
  const features = readdirSync(join(ROOT, 'locales/en')).map((file) => file.replace('.json', ''));
  const seen = await page.evaluate<Seen>(`(${INSPECT})(${JSON.stringify(features)})`);
  return [
    ...(seen.overflow > 0 ? [`${seen.overflow} px wider than the window: ${seen.widest.join(', ')}`] : []),
    ...seen.rawKeys.map((key) => `key without a translation: ${key}`),
    ...(seen.untitled ? ['no title'] : []),
  ];
}

// axe looks at the markup, which is the same in every language, and takes a second each time.
const AXE_LANGUAGE = 'uz';

/** What is wrong at both widths with the page in `language`, each with where it was found. */
export async function faultsAtWidths(page: Page, what: string, language = AXE_LANGUAGE): Promise<string[]> {
  const look = language === AXE_LANGUAGE || process.env['SOAK'] ? allFaultsOf : faultsOf;
  const found: string[] = [];
  for (const width of WIDTHS) {
    await setWidth(page, width);
    found.push(...(await look(page)).map((fault) => `${what} at ${width}: ${fault}`));
  }
  return found;
}

export const allFaultsOf = async (page: Page): Promise<string[]> => [...(await faultsOf(page)), ...(await axeViolations(page))];

/** Violations of WCAG 2.2 AA and of good practice, each with where it is. */
export async function axeViolations(page: Page): Promise<string[]> {
  // In the page itself (it has no frames), instead of in a second one opened for each look.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`);
}
