// S45 (aborted uploads): they leave no row, no database connection and no memory.
import { connect } from 'node:net';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/app-process.ts';
import type { RawClient } from './raw-client.ts';
import { type Things, twoTenants, type World } from './two-tenants.ts';

const UPLOADS = 60;
const SENT_BYTES = 2 * 1024 * 1024;
const MOST_KEPT_BYTES = 30 * 1024 * 1024;

let world: World;
let owner: RawClient & { things: Things };
beforeAll(async () => {
  world = await twoTenants();
  owner = await world.owner();
});
afterAll(() => world.close());

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;
function heldBytes(): number {
  collectGarbage();
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return external + arrayBuffers + heapUsed;
}

/** Sends the head of a form with a file and part of the file, and hangs up; resolves when the line is closed. */
function breakOff(path: string, token: string, bytes: number): Promise<void> {
  const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const field = (name: string, value: string): string =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${field('_csrf', token)}--x\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = connect(world.port, '127.0.0.1', () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 4000000\r\n\r\n${head}`,
      );
      if (bytes === 0) return void socket.destroy();
      socket.write(Buffer.alloc(bytes, 7), () => socket.destroy());
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

const rows = async (): Promise<unknown> =>
  (
    await world.sql.query(
      `SELECT (SELECT count(*) FROM broadcast_photos) AS photos, (SELECT count(*) FROM upgrade_requests) AS receipts,
       (SELECT count(*) FROM sent_files) AS files`,
    )
  ).rows[0];

test.each([
  ['a photo of a broadcast', (things: Things) => `/bots/${things.bot}/broadcasts/preview`],
  ['a receipt', () => '/subscription/upgrade'],
  ['a file for a customer', (things: Things) => `/bots/${things.bot}/conversations/${things.conversationId}/messages`],
])(`${UPLOADS} times %s that breaks off: nothing is kept, and the next whole one is taken`, async (_what, pathOf) => {
  const [path, token, before] = [pathOf(owner.things), await owner.token(), await rows()];
  await Promise.all(Array.from({ length: 10 }, () => breakOff(path, token, SENT_BYTES)));
  const held = heldBytes();
  for (let sent = 0; sent < UPLOADS; sent += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, n) => breakOff(path, token, n % 3 === 0 ? 0 : SENT_BYTES)));
  }

  const { pool } = world.site.container.database;
  await until(
    () => pool.waitingCount === 0 && pool.idleCount === pool.totalCount,
    60_000,
    () => 'connections of the database are kept',
  );
  await until(
    () => heldBytes() - held < MOST_KEPT_BYTES,
    60_000,
    () => `${Math.round((heldBytes() - held) / 1024 / 1024)} MB are kept`,
  );
  expect(await rows()).toEqual(before);
  expect((await owner.get('/dashboard')).status).toBe(200);
});
