// S75, S18: whose X-Forwarded-For counts. The peer's address is set on real connections.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPrivatePeer } from '../../src/web/trusted-proxies.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { visitor } from '../support/site-visitor.ts';

let site: TestApp;
let trusting: TestApp;
const servers: Server[] = [];
beforeAll(async () => {
  site = await testApp();
  trusting = await testApp({ TRUST_PROXY: '1' }, site);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await trusting.close();
  await site.close();
});

async function behind(peer: string, { app }: TestApp): Promise<string> {
  const server = createServer(app).on('connection', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: peer }));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function statusesOf(peer: string, app: TestApp): Promise<number[]> {
  const person = visitor(await behind(peer, app));
  const statuses = [];
  for (let i = 0; i < 20; i++) {
    const headers = { 'x-forwarded-for': `198.51.100.${i}` };
    statuses.push((await person.submit('/login', '/login', { login: `${peer}.${i}`, password: 'wrong guess' }, headers)).status);
  }
  return statuses;
}

test('the addresses a visitor of the internet invents do not count', async () => {
  expect((await statusesOf('203.0.113.9', site)).slice(18)).toEqual([429, 429]);
});

test('those of a proxy on a private address do, and of any proxy once TRUST_PROXY says so', async () => {
  expect(await statusesOf('::ffff:172.17.0.1', site)).toEqual(Array(20).fill(422));
  await site.sql.query('DELETE FROM rate_limits');
  expect(await statusesOf('203.0.113.10', trusting)).toEqual(Array(20).fill(422));
});

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::ffff:10.1.2.3', true],
  ['192.168.1.1', true],
  ['fd00::1', true],
  ['fe80::1%eth0', true],
  ['172.32.0.1', false],
  ['8.8.8.8', false],
  ['::ffff:8.8.8.8', false],
  ['2001:db8::1', false],
  ['nonsense', false],
])('%s is a private peer: %s', (address, isPrivate) => {
  expect(isPrivatePeer(address)).toBe(isPrivate);
});
