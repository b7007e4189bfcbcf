// S48: who sends slowly on purpose is cut off, and nobody else notices. A member's slow line is no attack.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, type Installation, newInstallation, startApp } from '../support/app-process.ts';
import { pause } from '../support/pause.ts';
import { createTelegramBot, registerOwner } from '../support/site-visitor.ts';
import { within } from '../support/soak.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';

// The limit, the server's look every 2 s, and room for the machine.
const HEADERS_END_MS = 10_000 + 2_000 + within(5_000);
const REQUEST_END_MS = 30_000 + 2_000 + within(5_000);

const KB = 1024;

let installation: Installation;
let app: AppProcess;
let telegram: TelegramEmulator;
beforeAll(async () => {
  [installation, telegram] = await Promise.all([newInstallation(), startTelegramEmulator()]);
  app = await startApp({ ...installation.env, TELEGRAM_API_ROOT: telegram.url });
});
afterAll(async () => {
  await app.end('SIGTERM');
  await telegram.close();
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

/** A member with a bot, who imports a text file of so many bytes, so many a second; tells how it was answered. */
async function member(name: string, botId: number) {
  const { token } = telegram.addBot({ token: `${botId}:${'A'.repeat(35)}` });
  const owner = await registerOwner(app.url, name);
  const path = `${await createTelegramBot(owner, { name, systemPrompt: 'You help.', token })}/knowledge/import`;
  await owner.get(path);
  const { cookie, csrf } = owner.session();

  return function imports(bytes: number, perSecond: number): Promise<string> {
    const field = (of: string, value: string): string =>
      `--x\r\nContent-Disposition: form-data; name="${of}"\r\n\r\n${value}\r\n`;
    const head = `${field('_csrf', csrf)}${field('text', '')}${field('url', '')}--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;
    const tail = '\r\n--x--\r\n';
    const length = head.length + bytes + tail.length;
    return new Promise((resolve) => {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1', async () => {
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n${head}`,
        );
        for (let sent = 0; sent < bytes && socket.writable; sent += perSecond) {
          socket.write('a '.repeat(perSecond / 2));
          await pause(1_000);
        }
        if (socket.writable) socket.write(tail);
      });
      let answer = '';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'cut off'));
    });
  };
}

test('a member’s file that takes 40 s at 64 KB a second is read, and one that drips is cut off as before', async () => {
  const [slow, dripping] = [await member('slow', 700_000_011), await member('dripping', 700_000_012)];
  expect(await Promise.all([slow(40 * 64 * KB, 64 * KB), dripping(100 * KB, 2)])).toEqual(['303', '408']);
});

test('slow files that hold every place are cut off after 30 s once somebody waits, who is then read', async () => {
  const holders = [await member('first', 700_000_013), await member('second', 700_000_014)];
  const waiting = await member('third', 700_000_015);
  const slow = holders.map((imports) => imports(50 * 64 * KB, 64 * KB));
  await pause(5_000);
  expect(await waiting(2 * KB, 2 * KB)).toBe('303');
  expect((await Promise.all(slow)).filter((answer) => answer === '408').length).toBeGreaterThanOrEqual(1);
});
