// S48: who sends slowly on purpose is cut off, and nobody else notices.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, type Installation, newInstallation, startApp } from '../support/app-process.ts';

// The limit, the server's look every 2 s, and room for a busy machine.
const HEADERS_END_MS = 10_000 + 2_000 + 5_000;
const REQUEST_END_MS = 30_000 + 2_000 + 5_000;

let installation: Installation;
let app: AppProcess;
beforeAll(async () => {
  installation = await newInstallation();
  app = await startApp(installation.env);
});
afterAll(async () => {
  await app.end('SIGTERM');
  await installation.remove();
});

/** Sends `first`, then a byte a second; resolves to how long the server bore it. */
function dripping(first: string): Promise<number> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(first));
    const drip = setInterval(() => socket.write('a'), 1_000);
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearInterval(drip);
      resolve(performance.now() - startedAt);
    });
  });
}

test.each([
  ['headers', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', HEADERS_END_MS],
  [
    'a body',
    'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90000\r\n\r\n',
    REQUEST_END_MS,
  ],
])('fifty clients that send %s byte by byte are cut off, and visitors are served meanwhile', async (_what, first, limitMs) => {
  const slow = Promise.all(Array.from({ length: 50 }, () => dripping(first)));
  for (let i = 0; i < 5; i++) expect((await fetch(`${app.url}/login`)).status).toBe(200);
  expect(Math.max(...(await slow))).toBeLessThan(limitMs);
});
