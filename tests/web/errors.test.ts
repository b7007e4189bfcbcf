import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { channelGlobals } from '#channels/channels.ts';
import { AppError, TooManyRequestsError } from '../../src/core/errors.ts';
import { createI18n } from '../../src/platform/i18n/i18n.ts';
import { createViews, useViews } from '../../src/platform/views.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { outerMiddleware } from '../../src/web/middleware.ts';
import { register, type TestApp, testApp } from '../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** An app with one route that fails with `error`; `lines` is its log. */
async function failingApp(error: unknown) {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }) as never;
  const app = express();
  useViews(app, createViews({ globals: channelGlobals }));
  app.use(outerMiddleware({ logger, i18n: await createI18n(), publicUrl: undefined } as never));
  app.get('/fails', () => {
    throw error;
  });
  app.use(errorHandler(logger));
  return { agent: request(app), lines };
}

test('a bug shows its request id and nothing else, and is logged once', async () => {
  const { agent, lines } = await failingApp(new Error('secret detail of the database'));
  const response = await agent.get('/fails').set('Accept-Language', 'en');
  const errors = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);

  expect(response.status).toBe(500);
  expect(response.text).not.toContain('secret detail');
  expect(errors).toHaveLength(1);
  expect(response.text).toContain(errors[0].id);
});

test.each([
  ['the database refuses connections', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 503],
  ['the pool is used up', new Error('timeout exceeded when trying to connect'), 503],
  ['the disk of the database is full', Object.assign(new Error('could not extend file'), { code: '53100' }), 503],
  ['the database has no connection left', Object.assign(new Error('too many clients'), { code: '53300' }), 503],
  ['the wrapped driver failed', new Error('query', { cause: Object.assign(new Error('x'), { code: '57P01' }) }), 503],
  ['a value no database can hold', Object.assign(new Error('invalid input syntax for type uuid'), { code: '22P02' }), 400],
  ['a refusal', new AppError(403, 'errors.forbidden'), 403],
  ['a bug', new TypeError('x is not a function'), 500],
  ['something thrown that is no error', 'text', 500],
])('when %s, the page and the JSON have one status', async (_what, error, status) => {
  const { agent } = await failingApp(error);
  const page = await agent.get('/fails').set('Accept-Language', 'ru');
  const json = await agent.get('/fails').set('Accept', 'application/json');
  expect([page.status, json.status]).toEqual([status, status]);
  expect(page.text).toContain('<html lang="ru"');
  expect(typeof json.body.error).toBe('string');
  expect(json.body.error).not.toContain('errors.');
});

test('without the database members get 503 and the landing page still opens', async () => {
  const agent = site.agent();
  await register(agent);
  const { pool } = site.container.database;
  const query = pool.query;
  pool.query = (() => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))) as never;
  try {
    const [page, landing] = [await agent.get('/account'), await site.agent().get('/')];
    expect([page.status, page.headers['retry-after'], landing.status]).toEqual([503, '5', 200]);
  } finally {
    pool.query = query;
  }
  expect((await agent.get('/account')).status).toBe(200);
});

test('too many tries get a Retry-After', async () => {
  const { agent } = await failingApp(new TooManyRequestsError(90));
  const response = await agent.get('/fails').set('Accept-Language', 'en');
  expect(response.headers['retry-after']).toBe('90');
  expect(response.text).toContain('2 minutes');
});

test('an unknown address shows the same page to everybody', async () => {
  const member = site.agent();
  await register(member);
  const answers = [await member.get('/bots/01890000-0000-7000-8000-000000000000'), await member.get('/bots/nonsense')];
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect((await site.agent().get('/no-such-page')).status).toBe(404);
});

test('no header of a request adds a line to the log', async () => {
  const { agent, lines } = await failingApp(new AppError(404, 'errors.not_found'));
  const forged = '{"level":60,"msg":"all is lost"}';
  await agent
    .get(`/fails/%0a${encodeURIComponent(forged)}%0d%0a`)
    .set('User-Agent', `x ${forged}`)
    .set('Referer', `/ ${forged}`);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line.trimEnd()).not.toMatch(/[\r\n]/);
    expect(JSON.parse(line)).not.toMatchObject({ msg: 'all is lost' });
  }
});

test('the log has one line per request, with the path but neither query nor reset token', async () => {
  const { agent, lines } = await failingApp(new AppError(404, 'errors.not_found'));
  await agent.get('/reset-password/very-secret-token?x=1');
  await agent.get('/fails?token=very-secret-token');
  expect(lines.filter((line) => line.includes('"msg":"request"'))).toHaveLength(2);
  expect(lines.join('')).not.toContain('very-secret-token');
});
