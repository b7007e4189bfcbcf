// The product as it runs for a newcomer, and a browser to look at it with.
import type { Browser, BrowserContext } from 'playwright-core';
import { type Installation, newInstallation, startApp } from './app-process.ts';
import { openBrowser, visit } from './browser.ts';

export interface BrowserSite {
  url: string;
  browser: Browser;
  installation: Installation;
  visit(language: string): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Close it in afterAll. */
export async function startBrowserSite(): Promise<BrowserSite> {
  const installation = await newInstallation();
  const [app, browser] = await Promise.all([startApp(installation.env), openBrowser()]);
  return {
    url: app.url,
    browser,
    installation,
    visit: (language) => visit(browser, app.url, language),
    async close() {
      await browser.close();
      await app.end('SIGTERM');
      await installation.remove();
    },
  };
}
