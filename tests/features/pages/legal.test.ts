import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';

const OPERATOR = { LEGAL_NAME: 'Oltin Non <MCHJ>', CONTACT_EMAIL: 'salom@oltin.example', CONTACT_TELEGRAM: '@oltin_non' };

let named: TestApp;
let nameless: TestApp;
beforeAll(async () => {
  [named, nameless] = [await testApp(OPERATOR), await testApp()];
});
afterAll(async () => {
  await named.close();
  await nameless.close();
});

const page = async (site: TestApp, path: string, language = 'en') =>
  (await site.agent().get(path).set('Cookie', `lang=${language}`).expect(200)).text;

test.each([
  ['/privacy', 'en', 'How to erase'],
  ['/privacy', 'ru', 'Как удалить'],
  ['/privacy', 'uz', 'Qanday oʻchiriladi'],
  ['/terms', 'en', 'Plans and payment'],
  ['/terms', 'ru', 'Тарифы и оплата'],
  ['/terms', 'uz', 'Tariflar va toʻlov'],
])('%s in %s names the operator, its contacts and the AI', async (path, language, title) => {
  const text = await page(named, path, language);
  const said = [title, 'Oltin Non &lt;MCHJ&gt;', 'mailto:salom@oltin.example', 'https://t.me/oltin_non', 'Google Gemini'];
  for (const part of said) expect(text).toContain(part);
  expect(text).not.toMatch(/legal\.\w/);
});

test('signed-out pages and the registration lead to both, and the landing page to the contacts', async () => {
  for (const path of ['/', '/login', '/register']) {
    const text = await page(named, path);
    for (const link of ['href="/privacy"', 'href="/terms"']) expect(text).toContain(link);
  }
  expect(await page(named, '/')).toContain('href="https://t.me/oltin_non"');
  expect(await page(named, '/register')).toContain('Signing up means accepting');
});

test('without a name and contacts the pages still say who is meant', async () => {
  expect(await page(nameless, '/privacy')).toContain('the operator of this site');
  for (const path of ['/', '/privacy']) expect(await page(nameless, path)).not.toMatch(/mailto:|href="https:\/\/t\.me/);
});
