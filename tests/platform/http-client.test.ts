import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttpClient } from '../../src/platform/http-client.ts';

const TOKEN = 'EAAsecretsecretsecretsecretsecret';
let server: Server | undefined;
let calls = 0;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse, call: number) => void): Promise<string> {
  calls = 0;
  server = createServer((request, response) => answer(request, response, ++calls));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = createHttpClient({ timeoutMs: 300 });

test('any status is a response; the token is sent and the body read', async () => {
  const url = await serve((request, response) =>
    response.writeHead(418, { 'retry-after': '7' }).end(request.headers.authorization),
  );
  const answer = await http({ method: 'POST', url, bearer: TOKEN, json: { a: 1 } });

  expect(answer).toMatchObject({ ok: true, status: 418, retryAfterSeconds: 7 });
  expect(answer.ok && answer.body.toString()).toBe(`Bearer ${TOKEN}`);
});

test('a hanging or dripping server is given up in time', async () => {
  const hangs = await serve(() => {});
  expect(await http({ method: 'POST', url: hangs, bearer: TOKEN })).toEqual({ ok: false, reason: 'timeout' });
  server?.closeAllConnections();
  const drips = await serve((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  });
  expect(await http({ method: 'GET', url: drips })).toEqual({ ok: false, reason: 'timeout' });
});

test('a body over the limit is not read, announced or not', async () => {
  const url = await serve((_request, response) => {
    response.write('x'.repeat(600));
    response.end('x'.repeat(600));
  });
  expect(await http({ method: 'GET', url, maxBytes: 1_000 })).toEqual({ ok: false, reason: 'too_large' });
});

test('a redirect is not followed, because the token would go with it', async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
  expect(await http({ method: 'GET', url, bearer: TOKEN })).toMatchObject({ ok: true, status: 302 });
});

test('a GET is retried once after a reset or a 5xx, a POST is not', async () => {
  const url = await serve((request, response, call) => {
    if (call === 1 || request.method === 'POST') response.socket?.destroy();
    else response.end('fine');
  });
  expect(await http({ method: 'GET', url })).toMatchObject({ ok: true, status: 200 });
  expect(calls).toBe(2);
  expect(await http({ method: 'POST', url, json: {} })).toEqual({ ok: false, reason: 'unreachable' });
  expect(calls).toBe(3);
});

test('a failure contains neither the address nor the token', async () => {
  const failure = await http({ method: 'GET', url: `http://127.0.0.1:1/?access_token=${TOKEN}`, bearer: TOKEN });
  expect(failure).toEqual({ ok: false, reason: 'unreachable' });
});
