import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { csrfOf, register, type TestApp, testApp } from '../support/app.ts';

let site: TestApp;
let low = false;

beforeAll(async () => {
  site = await testApp();
  site.app = createApp({ ...site.container, isReadOnly: () => low });
});
afterAll(() => site.close());

test('while the disk is full pages are read and forms and webhooks get 503; then everything resumes', async () => {
  const agent = request.agent(site.app);
  await register(agent as never);
  low = true;

  const page = await agent.get('/account');
  const refused = await agent
    .post('/language')
    .type('form')
    .send({ language: 'ru', returnTo: '/', _csrf: csrfOf(page.text) });
  const webhook = await request(site.app).post('/webhooks/telegram/x').send({ update_id: 1 });

  expect(page.status).toBe(200);
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('disk');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(webhook.status).toBe(503);
  expect((await request(site.app).get('/readyz')).status).toBe(200);

  low = false;
  expect((await request(site.app).post('/webhooks/telegram/x').send({ update_id: 1 })).status).toBe(401);
});
