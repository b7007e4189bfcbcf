import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbeApp } from '../../../src/app.ts';
import { type TestApp, testApp } from '../../support/app.ts';

let withToken: TestApp;
let without: TestApp;

beforeAll(async () => {
  [withToken, without] = await Promise.all([testApp({ METRICS_TOKEN: 'metrics-token' }), testApp()]);
});
afterAll(() => Promise.all([withToken.close(), without.close()]));

const read = (token = 'metrics-token') => request(withToken.app).get('/metrics').set('Authorization', `Bearer ${token}`);

test('without METRICS_TOKEN the page does not exist', async () => {
  expect((await request(without.app).get('/metrics')).status).toBe(404);
  expect((await request(without.app).get('/metrics').set('Authorization', 'Bearer undefined')).status).toBe(404);
});

test.each([
  undefined,
  'Bearer',
  'Bearer wrong',
  'Basic metrics-token',
  'metrics-token',
  'Bearer metrics-token2',
])('the header %j is refused', async (header) => {
  const asked = request(withToken.app).get('/metrics');
  const response = await (header === undefined ? asked : asked.set('Authorization', header));

  expect(response.status).toBe(401);
  expect(response.text).toBe('unauthorized');
});

test('requests are counted by route class and status, not by path', async () => {
  await request(withToken.app).get('/');
  await request(withToken.app).get(`/none/42`);
  await request(withToken.app).get('/favicon.svg');

  const { status, text, headers } = await read();

  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/plain');
  expect(text).toMatch(/^botfactory_http_requests_total\{route="page",status="200"\} 1$/m);
  expect(text).toMatch(/^botfactory_http_requests_total\{route="page",status="404"\} 1$/m);
  expect(text).toMatch(/^botfactory_http_requests_total\{route="asset",status="200"\} 1$/m);
  expect(text).toMatch(/^botfactory_http_requests_total\{route="probe",status="401"\} \d+$/m);
});

test('metrics contain queue depth, pollers, event-loop delay, messages and times', async () => {
  const { metrics, queue } = withToken.container;
  await queue.enqueue('mail', { sealed: '' });
  metrics.message('telegram', 'received', 3);
  metrics.message('telegram', 'sent');
  metrics.ownTime(12);
  metrics.aiTime(300, 'ok');

  const { text } = await read();

  expect(text).toMatch(/^botfactory_queue_jobs\{queue="mail",state="created"\} 1$/m);
  expect(text).toMatch(/^botfactory_pollers 0$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  expect(text).toMatch(/^botfactory_messages_total\{channel="telegram",outcome="received"\} 3$/m);
  expect(text).toMatch(/^botfactory_reply_own_seconds_bucket\{le="0.025"\} 1$/m);
  expect(text).toMatch(/^botfactory_ai_seconds_bucket\{le="0.5",outcome="ok"\} 1$/m);
});

test('a worker serves the probes and the metrics, and no page', async () => {
  const probes = createProbeApp(withToken.container);
  const status = async (path: string, token = ''): Promise<number> =>
    (await request(probes).get(path).set('Authorization', `Bearer ${token}`)).status;

  expect(await status('/healthz')).toBe(200);
  expect(await status('/readyz')).toBe(200);
  expect(await status('/metrics', 'metrics-token')).toBe(200);
  expect(await status('/metrics')).toBe(401);
  for (const path of ['/', '/login', '/dashboard', '/webhooks/whatsapp']) expect(await status(path)).toBe(404);
});
