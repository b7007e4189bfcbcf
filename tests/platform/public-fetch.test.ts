import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { createPublicFetch, isPublicAddress } from '../../src/platform/public-fetch.ts';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => void server.close()));

/** A server on this machine, and the hosts that asked it. */
async function serve(answer: RequestListener): Promise<{ port: number; hosts: string[] }> {
  const hosts: string[] = [];
  const server = createServer((req, res) => {
    hosts.push(String(req.headers.host));
    answer(req, res);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, hosts };
}

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '198.18.0.1',
  '192.0.2.1',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::1',
  '2001:0:7f00:1::1',
  'ff02::1',
  '2001:db8::1',
  'nonsense',
])('%s is not of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['8.8.8.8', '213.230.100.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

const LOCAL = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://0x7f000001/',
  'http://2130706433/',
  'http://0177.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://localhost/',
  'http://api.localhost./',
  'http://printer.local/',
  'http://169.254.169.254/latest/meta-data/',
  'http://metadata.google.internal/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'http://user:secret@example.com/',
  'http://example.com:22/',
  'https://example.com:8443/',
];
test.each(LOCAL)('%s is refused', async (address) => {
  const fetchPublic = createPublicFetch({ resolve: async () => ['93.184.216.34'], timeoutMs: 500 });
  expect(await fetchPublic(address)).toEqual({ ok: false, reason: 'forbidden_address' });
});

test('a host with one private address among public ones is refused', async () => {
  const fetchPublic = createPublicFetch({ resolve: async () => ['93.184.216.34', '10.0.0.1'] });
  expect(await fetchPublic('http://mixed.example.com/')).toEqual({ ok: false, reason: 'forbidden_address' });
});

test('a resolver that changes its answer gains nothing: the host is resolved once and the connection goes there', async () => {
  const { port, hosts } = await serve((_req, res) => res.end('page'));
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  let asked = 0;
  const resolve = async () => answers[asked++] ?? ['10.0.0.1'];
  const fetchPublic = createPublicFetch({ resolve, permits: (address, at) => address === '127.0.0.1' && at === port });
  expect(await fetchPublic(`http://shop.example.uz:${port}/`)).toMatchObject({
    ok: true,
    status: 200,
    body: Buffer.from('page'),
  });
  expect([asked, hosts]).toEqual([1, [`shop.example.uz:${port}`]]);
  expect(await fetchPublic(`http://shop.example.uz:${port}/`)).toEqual({ ok: false, reason: 'forbidden_address' });
});

test('every redirect is checked again, and they end', async () => {
  const { port } = await serve((req, res) => {
    const to = { '/in': 'http://10.0.0.1/', '/meta': 'http://169.254.169.254/', '/file': 'file:///etc/passwd' }[String(req.url)];
    res.writeHead(302, { location: to ?? req.url }).end();
  });
  const permits = (address: string): boolean => address === '127.0.0.1';
  const fetchPublic = createPublicFetch({ resolve: async (host) => [host === 'a.uz' ? '127.0.0.1' : host], permits });
  for (const path of ['/in', '/meta', '/file'])
    expect([path, await fetchPublic(`http://a.uz:${port}${path}`)]).toEqual([path, { ok: false, reason: 'forbidden_address' }]);
  expect(await fetchPublic(`http://a.uz:${port}/loop`)).toEqual({ ok: false, reason: 'bad_answer' });
});

test('an endless, a slow and an exploding answer end in words', async () => {
  const { port } = await serve((req, res) => {
    if (req.url === '/slow') return void res.write('a');
    if (req.url === '/bomb') return void res.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    const more = (): void => {
      while (!res.destroyed && res.write(Buffer.alloc(65_536)));
    };
    res.on('drain', more);
    more();
  });
  const fetchPublic = createPublicFetch({ resolve: async () => ['127.0.0.1'], permits: () => true, timeoutMs: 2_000 });
  expect(await fetchPublic(`http://a.uz:${port}/endless`)).toEqual({ ok: false, reason: 'too_large' });
  expect(await fetchPublic(`http://a.uz:${port}/slow`)).toEqual({ ok: false, reason: 'unreachable' });
  expect(await fetchPublic(`http://a.uz:${port}/bomb`)).toEqual({ ok: false, reason: 'unreachable' });
});
