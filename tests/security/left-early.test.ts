// S69, S71 (memory, pool): who leaves while the session is still looked up takes no place that nobody gives back.
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawClient, rawClient } from './raw-client.ts';
import { type Things, twoTenants, type World } from './two-tenants.ts';

// More than all the places there are.
const LEAVING = 50;

let world: World;
let server: Server;
let port: number;
let owner: RawClient & { things: Things };
beforeAll(async () => {
  world = await twoTenants();
  owner = await world.owner();
  server = createServer({ keepAliveTimeout: 0 }, world.site.app);
  // The visitor's end arrives right behind the request.
  server.on('request', ({ headers, socket }) => {
    if (headers['x-leaves']) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as { port: number });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

function leave(head: string, body = ''): Promise<void> {
  const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `${head} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nX-Leaves: 1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}

const leaveOften = (head: string, body?: string) => Promise.all(Array.from({ length: LEAVING }, () => leave(head, body)));

test('a search that is left at once keeps no place: the next one is answered', async () => {
  await leaveOften('GET /conversations?q=a');
  expect((await owner.get('/conversations?q=a')).status).toBe(200);
});

test('a page that is left at once keeps no place, for its visitor and for a stranger', async () => {
  await leaveOften('GET /dashboard');
  await leaveOften('GET /login');
  expect([(await owner.get('/dashboard')).status, (await rawClient(port).get('/login')).status]).toEqual([200, 200]);
});

test.each([
  ['a receipt', () => '/subscription/upgrade'],
  ['an import', ({ bot }: Things) => `/bots/${bot}/knowledge/import`],
])('the form of %s that is left at once keeps no place: the next one is read', async (_what, pathOf) => {
  const path = pathOf(owner.things);
  const field = (name: string, value: string): string =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const body = `${field('_csrf', await owner.token())}${field('note', 'Paid')}--x--\r\n`;
  await leaveOften(`POST ${path}`, body);

  const read = await owner.send('POST', path, { body, type: 'multipart/form-data; boundary=x' });
  expect(read.status).toBe(422);
});
