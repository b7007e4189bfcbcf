import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, register, type TestApp, testApp } from '../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const languageOf = (html: string): string | undefined => /<html lang="([^"]*)"/.exec(html)?.[1];

test.each([
  [{}, 'uz'],
  [{ 'Accept-Language': 'ru-RU,ru;q=0.9' }, 'ru'],
  [{ 'Accept-Language': 'de, en;q=0.5' }, 'en'],
  [{ 'Accept-Language': 'ja' }, 'uz'],
  [{ Cookie: 'lang=en', 'Accept-Language': 'ru' }, 'en'],
  [{ Cookie: 'lang=<script>', 'Accept-Language': 'ru' }, 'ru'],
])('a visitor with %j reads %s', async (headers, language) => {
  const response = await site
    .agent()
    .get('/login')
    .set(headers as Record<string, string>);
  expect(languageOf(response.text)).toBe(language);
  expect(response.headers['content-language']).toBe(language);
});

test("the account's language wins over the browser's", async () => {
  const agent = site.agent();
  await register(agent);
  await site.sql.query("UPDATE users SET language = 'en'");
  const page = await agent.get('/account').set('Accept-Language', 'ru');
  expect(languageOf(page.text)).toBe('en');
  expect(page.text).toContain('Your details');
});

test('the language chosen before signing up becomes the account’s', async () => {
  const agent = site.agent();
  await postForm(agent, '/language', { language: 'ru', returnTo: '/register' });
  await register(agent);
  expect(languageOf((await agent.get('/account')).text)).toBe('ru');
});

test('concurrent requests in two languages are not mixed up', async () => {
  const pages = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      site
        .agent()
        .get('/login')
        .set('Accept-Language', i % 2 ? 'ru' : 'en'),
    ),
  );
  expect(pages.map(({ text }) => languageOf(text))).toEqual(pages.map((_, i) => (i % 2 ? 'ru' : 'en')));
});
