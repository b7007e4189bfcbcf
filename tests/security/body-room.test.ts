// S69 (memory): large bodies of strangers that never end. They lie in memory until their signature can be checked.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoTenants, type World } from './two-tenants.ts';

const BYTES = 3_900_000;
// 8 of them are 31 MB.
const ROOM = 8;
const FLOOD = 40;

let world: World;
beforeAll(async () => {
  world = await twoTenants();
});
afterAll(() => world.close());

interface Sending {
  socket: Socket;
  /** The status; empty while there is no answer. */
  answer: () => string;
  answered: Promise<string>;
}

/** A delivery without its last byte, or with it. */
function deliver(address: string, { whole }: { whole: boolean }): Sending {
  let got = '';
  const head = `POST /webhooks/whatsapp HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/json\r\nContent-Length: ${BYTES}\r\n\r\n`;
  const socket = connect(world.port, '127.0.0.1', () => {
    socket.write(head);
    socket.write(Buffer.alloc(whole ? BYTES : BYTES - 1, 'a'));
  });
  const answer = (): string => /^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? '';
  const answered = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
      if (answer()) resolve(answer());
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer()));
  });
  return { socket, answer, answered };
}

test('of forty bodies of 3.9 MB from one address eight are taken in, and another address is heard', async () => {
  const flood = Array.from({ length: FLOOD }, () => deliver('203.0.113.5', { whole: false }));
  const refused = new Set<Sending>();
  await new Promise<void>((resolve) => {
    for (const one of flood) {
      void one.answered.then(() => {
        refused.add(one);
        if (refused.size === FLOOD - ROOM) resolve();
      });
    }
  });
  expect(await deliver('198.51.100.9', { whole: true }).answered).toBe('401');
  expect(flood.filter(({ answer }) => answer() === '')).toHaveLength(ROOM);
  expect(flood.map(({ answer }) => answer())).toContain('503');

  for (const { socket } of flood) socket.destroy();
  await expect.poll(() => deliver('203.0.113.5', { whole: true }).answered).toBe('401');
});

test('small deliveries of that address are heard at any time', async () => {
  const flood = Array.from({ length: ROOM + 1 }, () => deliver('203.0.113.6', { whole: false }));
  await Promise.race(flood.map(({ answered }) => answered));
  const small = await fetch(`http://127.0.0.1:${world.port}/webhooks/whatsapp`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '203.0.113.6', 'content-type': 'application/json' },
    body: '{}',
  });
  expect(small.status).toBe(401);
  for (const { socket } of flood) socket.destroy();
});
