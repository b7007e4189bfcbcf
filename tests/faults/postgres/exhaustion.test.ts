// R06: no connection free, and a lock that somebody holds: a bounded wait, then 503; served again as soon as it is over.
import type { PoolClient } from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, register, type TestApp, testApp } from '../../support/app.ts';
import { newInstallation, runAppToEnd } from '../../support/app-process.ts';
import { within } from '../../support/soak.ts';

const ANSWER_LIMIT_MS = within(5_000);

let app: TestApp;
let person: Agent;
beforeAll(async () => {
  app = await testApp();
  person = app.agent();
  await register(person);
});
afterAll(() => app.close());

async function timed(path: string): Promise<{ status: number; tookMs: number }> {
  const askedAt = performance.now();
  const { status } = await person.get(path);
  return { status, tookMs: performance.now() - askedAt };
}

test('with every connection taken 20 requests wait less than 5 s and get 503; the process stays alive', async () => {
  const { pool } = app.container.database;
  const taken: PoolClient[] = [];
  for (let i = 0; i < (pool.options.max ?? 10); i += 1) taken.push(await pool.connect());

  const answers = await Promise.all(Array.from({ length: 20 }, () => timed('/dashboard')));
  const alive = await request(app.app).get('/healthz');
  const ready = await request(app.app).get('/readyz');
  for (const client of taken) client.release();

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(ANSWER_LIMIT_MS);
  expect([alive.status, ready.status]).toEqual([200, 503]);
  expect((await timed('/dashboard')).status).toBe(200);
});

test('a lock on what a page reads ends as 503 within 5 s, and pages that need it not are served meanwhile', async () => {
  const client = await app.container.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE bots IN ACCESS EXCLUSIVE MODE');
  const [blocked, free] = await Promise.all([timed('/bots'), timed('/account')]);
  await client.query('ROLLBACK');
  client.release();

  expect(blocked.status).toBe(503);
  expect(blocked.tookMs).toBeLessThan(ANSWER_LIMIT_MS);
  expect(free.status).toBe(200);
  expect((await timed('/bots')).status).toBe(200);
});

test('a database that is not there ends the start with the reason, and without the password', async () => {
  const installation = await newInstallation();
  const url = new URL(installation.env['DATABASE_URL'] as string);
  url.password = 'the-database-password';
  url.pathname = '/not_there';
  const refused = await runAppToEnd({ ...installation.env, DATABASE_URL: url.href });
  await installation.remove();

  expect(refused.code).toBe(1);
  expect(refused.output).toContain('database \\"not_there\\" does not exist');
  expect(refused.output).not.toContain('the-database-password');
});
