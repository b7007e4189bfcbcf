// R20, R35, R37 to R39: what happens to the process itself, while customers go on writing.
import { execFileSync } from 'node:child_process';
import { openSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, until } from '../support/app-process.ts';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { visitor } from '../support/site-visitor.ts';
import { closedPort, startSmtpEmulator } from '../support/smtp-emulator.ts';
import { within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const PRELOAD = new URL('../support/throw-on-signal.ts', import.meta.url).href;
const SLOW_CLIENTS = 150;
// Headers within 10 s; Node looks every two.
const CUT_OFF_MS = within(14_000);

let product: Product;
let bot: BotState;
let smtpPort: number;

beforeAll(async () => {
  smtpPort = await closedPort();
  product = await startProduct({
    adapt: (env) => ({
      ...env,
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      METRICS_TOKEN: 'metrics-token',
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${PRELOAD}`,
    }),
  });
  [bot] = (await ownerWithBots(product, 1)).bots;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

let lastUser = 1_000;
/** One customer writes and gets an answer; gives how long it took. */
async function customerIsAnswered(): Promise<number> {
  const userId = ++lastUser;
  const askedAt = performance.now();
  product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await product.telegram.waitFor(() => product.telegram.sent(bot).some(({ chatId }) => chatId === userId), 'an answer', 30_000);
  return performance.now() - askedAt;
}

function hangUp(sockets: Socket[]): void {
  for (const socket of sockets.splice(0)) socket.destroy();
}

function openSockets(count: number): Socket[] {
  const { hostname, port } = new URL(product.app.url);
  return Array.from({ length: count }, () => connect(Number(port), hostname).on('error', () => {}));
}

test('R38: with the mail server down people register and ask for a new password; the mail goes out when it is back, once', async () => {
  const person = visitor(product.app.url);
  const form = { username: 'patient', email: 'patient@example.com', password: 'a-long-enough-passphrase-9' };
  expect((await person.submit('/register', '/register', form)).status).toBe(303);
  const asked = await visitor(product.app.url).submit('/forgot-password', '/forgot-password', { email: form.email });
  expect(asked.status).toBeLessThan(400);
  const waits = "SELECT state::text, retry_count AS tries FROM pgboss.job WHERE name IN ('mail', 'security-mail')";
  await product.telegram.waitFor(
    async () => (await product.installation.query(waits)).some(({ state }) => state === 'retry'),
    'a first try',
  );

  const smtp = await startSmtpEmulator({ port: smtpPort });
  await product.telegram.waitFor(() => smtp.mails.length > 0, 'the mail', 90_000);
  await product.telegram.waitFor(
    async () => (await product.installation.query(waits)).every(({ state }) => state === 'completed'),
    'its end',
  );
  expect(smtp.mails.map(({ to }) => to)).toEqual([form.email]);
  await smtp.close();
});

test('R35: clients that send their request byte by byte are cut off; nobody else notices', async () => {
  const before = memoryKb(product.app.pid);
  const sockets = openSockets(SLOW_CLIENTS);
  let closed = 0;
  for (const socket of sockets) {
    socket.on('close', () => {
      closed += 1;
    });
    socket.write('GET /login HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  }
  const drip = setInterval(() => sockets.forEach((socket) => void socket.write('a')), 500);
  const openedAt = performance.now();
  const page = await fetch(`${product.app.url}/login`);
  expect(page.status).toBe(200);
  expect(await customerIsAnswered()).toBeLessThan(within(5_000));
  await product.telegram.waitFor(() => closed === SLOW_CLIENTS, 'all to be cut off', CUT_OFF_MS + 5_000);
  clearInterval(drip);
  const cutOffMs = performance.now() - openedAt;
  hangUp(sockets);

  expect(cutOffMs).toBeLessThan(CUT_OFF_MS);
  expect(memoryKb(product.app.pid) - before).toBeLessThan(100_000);
});

test('R37: when descriptors run out new clients wait, and it recovers when there are some again', async () => {
  const descriptors = (): number => readdirSync(`/proc/${product.app.pid}/fd`).length;
  const limit = descriptors() + 20;
  execFileSync('prlimit', ['--pid', String(product.app.pid), `--nofile=${limit}:`]);
  const sockets = openSockets(100);
  await until(
    () => descriptors() >= limit - 1,
    within(10_000),
    () => `${descriptors()} descriptors are open, and ${limit} allowed`,
  );
  hangUp(sockets);

  await until(
    () =>
      fetch(`${product.app.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    within(10_000),
    () => 'not ready again',
  );
  execFileSync('prlimit', ['--pid', String(product.app.pid), '--nofile=4096:']);
  expect(await customerIsAnswered()).toBeLessThan(within(10_000));
});

test('R20: a rejected promise nobody awaited is logged without its secret and counted; everybody is served on', async () => {
  process.kill(product.app.pid, 'SIGUSR1');
  await until(
    () => product.app.output().includes('a rejected promise nobody awaited'),
    within(5_000),
    () => 'not logged',
  );

  expect(product.app.output()).not.toContain('123456789:AAA');
  const headers = { authorization: 'Bearer metrics-token' };
  const metrics = await fetch(`${product.app.url}/metrics`, { headers }).then((response) => response.text());
  expect(metrics).toContain('botfactory_stray_errors_total{kind="rejection"} 1');
  expect(await customerIsAnswered()).toBeLessThan(within(5_000));
});

test('R20: an exception nobody caught ends the process in order with code 1; after the restart nobody was forgotten', async () => {
  product.gemini.controls.latencyMs = 500;
  for (let userId = 5_001; userId <= 5_040; userId += 1) {
    product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  }
  await product.telegram.waitFor(() => product.gemini.inFlight() > 0, 'questions to reach the AI');
  process.kill(product.app.pid, 'SIGUSR2');
  const output = product.app.output;
  await until(
    () => output().includes('"msg":"stopped"'),
    within(15_000),
    () => `not stopped: ${output().slice(-2_000)}`,
  );
  expect(await product.app.end('SIGCONT')).toBe(1);
  expect(output()).toContain('an exception nobody caught');
  expect(output()).not.toContain('123456789:AAA');

  product.gemini.controls.latencyMs = 0;
  await product.restart();
  await product.telegram.waitFor(
    () => product.telegram.sent(bot).filter(({ chatId }) => chatId > 5_000).length === 40,
    'every answer',
    60_000,
  );
  await untilSettled(product);
  await expectInvariants(product);
});

test('R39: nobody reads the log any more: the product goes on', async () => {
  product.app.closeOutput();
  for (let i = 0; i < 30; i += 1) expect((await fetch(`${product.app.url}/login`)).status).toBe(200);
  expect(await customerIsAnswered()).toBeLessThan(within(10_000));
});

test('R39: the disk of the log is full: the product goes on', async () => {
  await product.app.end('SIGTERM');
  const env = { ...product.env, PORT: String(await closedPort()) };
  product.app = await startApp(env, { stdout: openSync('/dev/full', 'w') });
  for (let i = 0; i < 30; i += 1) expect((await fetch(`${product.app.url}/login`)).status).toBe(200);
  expect(await customerIsAnswered()).toBeLessThan(within(10_000));
  expect(await product.app.end('SIGTERM')).toBe(0);
});

const memoryKb = (pid: number): number =>
  Number(
    execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])
      .toString()
      .trim(),
  );
