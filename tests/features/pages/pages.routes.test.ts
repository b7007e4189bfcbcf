import express, { type Express } from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { channelGlobals } from '#channels/channels.ts';
import { pagesRoutes } from '../../../src/features/pages/pages.routes.ts';
import { createI18n } from '../../../src/platform/i18n/i18n.ts';
import { createViews, useViews } from '../../../src/platform/views.ts';
import { createLocale } from '../../../src/web/locale.ts';
import { viewLocals } from '../../../src/web/view-locals.ts';

const member = {
  user: { id: 'u1', username: 'dilnoza', email: 'd@example.com', language: 'uz', isAdmin: false },
  tenant: { id: 't1', name: 'Oltin Non', timeZone: 'Asia/Tashkent' },
  role: 'owner',
  businesses: [] as { id: string; name: string }[],
} as const;

async function site({ signedIn = false } = {}): Promise<{ app: Express; saved: string[][] }> {
  const saved: string[][] = [];
  const app = express();
  useViews(app, createViews({ globals: channelGlobals }));
  app.use(express.urlencoded({ extended: false }));
  app.use((req, _res, next) => {
    if (signedIn) req.user = member;
    next();
  });
  app.use(createLocale(await createI18n()).visitor, viewLocals);
  const saveLanguage = async (...change: string[]): Promise<void> => void saved.push(change);
  app.use(pagesRoutes({ saveLanguage, readyChannels: ['telegram'], publicUrl: 'https://bots.example' }));
  return { app, saved };
}

const choose = (app: Express, form: object) => request(app).post('/language').type('form').send(form);

test.each([
  ['en', 'Create a bot', '99 000 soʻm'],
  ['ru', 'Создать бота', '99 000 сум'],
  ['uz', 'Bot yaratish', '99 000 soʻm'],
])('the landing page is in %s, with prices in whole soʻm', async (language, button, price) => {
  const { app } = await site();
  const res = await request(app).get('/').set('Cookie', `lang=${language}`);

  expect(res.status).toBe(200);
  expect(res.text).toContain(`<html lang="${language}"`);
  expect(res.text).toContain(button);
  expect(res.text.replaceAll('\u00a0', ' ')).toContain(price);
  expect(res.text).toContain('href="/register"');
});

test('the landing page leads a signed-in visitor to the dashboard', async () => {
  const { app } = await site({ signedIn: true });
  const res = await request(app).get('/');

  expect(res.text).toContain('href="/dashboard"');
  expect(res.text).not.toContain('href="/register"');
});

test('channels that cannot be connected yet are announced', async () => {
  const { app } = await site();
  const res = await request(app).get('/').set('Cookie', 'lang=en');

  expect(res.text.match(/class="tag">soon/g)).toHaveLength(2);
});

test('a visitor who chooses a language gets its cookie and returns to the page', async () => {
  const { app, saved } = await site();
  const res = await choose(app, { language: 'ru', returnTo: '/login' });

  expect(res.status).toBe(303);
  expect(res.headers.location).toBe('/login');
  expect(res.headers['set-cookie']?.[0]).toMatch(/^lang=ru;.*HttpOnly/);
  expect(saved).toEqual([]);
});

test('a member who chooses a language keeps it in the account', async () => {
  const { app, saved } = await site({ signedIn: true });
  await choose(app, { language: 'en', returnTo: '/bots' });

  expect(saved).toEqual([['u1', 'en']]);
});

test.each([
  [{ language: 'de', returnTo: '/login' }, '/login'],
  [{ language: 'ru', returnTo: '//evil.example' }, '/'],
  [{ language: 'ru', returnTo: 'https://evil.example/' }, '/'],
  [{}, '/'],
])('a form with %j leads to %s', async (form, location) => {
  const { app, saved } = await site({ signedIn: true });
  const res = await choose(app, form);

  expect(res.headers.location).toBe(location);
  if (!('language' in form) || form.language === 'de') expect(saved).toEqual([]);
});
