// npm run demo: the product without any key. Emulators of Telegram, Meta and Gemini, a new bakery, and customers who write every
// few seconds. Everything is deleted at the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seedBakery } from '../prisma/seed.ts';
import { readEnv } from '../src/env.ts';
import { startGeminiEmulator } from '../tests/support/gemini-emulator/gemini-emulator.ts';
import { DEMO_CUSTOMERS, type DemoCustomer } from './demo-customers.ts';
import { DEMO_CHATS, startDemoPlatforms } from './demo-platforms.ts';

const PASSWORD = 'oltin-non-demo-2026';
const PAUSE_MS = { least: 2_500, most: 6_000 };

const port = process.env.PORT ?? '5000';
const dataDir = await mkdtemp(join(tmpdir(), 'botfactory-demo-'));
const platforms = await startDemoPlatforms(`http://127.0.0.1:${port}`);
const gemini = await startGeminiEmulator();
gemini.controls.latencyMs = 700;

const settings = {
  ...process.env,
  PORT: port,
  NODE_ENV: 'development',
  DATABASE_URL: '',
  DATA_DIR: dataDir,
  ...platforms.settings,
  TELEGRAM_MODE: 'polling',
  GEMINI_BASE_URL: gemini.url,
  GEMINI_API_KEY: gemini.apiKey,
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
};

console.log('Preparing the bakery…');
await seedBakery(readEnv(settings), { password: PASSWORD, ...platforms });
const app = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], { env: settings, stdio: 'inherit' });
process.on('SIGINT', () => app.kill('SIGTERM'));
process.on('SIGTERM', () => app.kill('SIGTERM'));
app.once('exit', (code) => void cleanUp(code ?? 0));

if (await isUp(app)) {
  console.log(`
  Oltin Non, a bakery in Tashkent, is open:  http://localhost:${port}
  Sign in as  demo  with the password  ${PASSWORD}
  Telegram, WhatsApp, Instagram and Gemini are emulated on this machine. Customers write every few seconds; Ctrl+C ends it all.
`);
  await platforms.handshake();
  void printAnswers();
  const colleague = [
    '6843250472390777',
    'Можно заказать торт на завтра?',
    'Добрый день, это Азиза. Да, к 12:00 успеем.',
  ] as const;
  void platforms.colleagueAnswers(...colleague).catch(() => {});
  console.log('Dilnoza orders on WhatsApp: 3 × SOMSA, 2 × PATIR');
  void platforms.customerOrders('998907654321', 'Dilnoza').catch(() => {});
  console.log('Two neighbours ask in a group, Sevara sends three pictures of cakes, Botir quotes a post, Камила shares one');
  platforms.groupAsks();
  platforms.quoteAsks();
  await platforms.albumAsks();
  for (const customer of DEMO_CUSTOMERS)
    for (const question of customer.questions) if (typeof question !== 'string') await platforms.writes(customer, question);
  await playCustomers();
}

async function isUp(child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (res) => res.ok,
      () => false,
    );
    if (ready) return true;
    await pause(100);
  }
  return false;
}

async function playCustomers(): Promise<void> {
  const counts = new Map<DemoCustomer, number>();
  while (app.exitCode === null) {
    const customer = DEMO_CUSTOMERS[Math.floor(Math.random() * DEMO_CUSTOMERS.length)] as DemoCustomer;
    const count = counts.get(customer) ?? 0;
    const { questions, firstName } = customer;
    const asked = questions[count % questions.length] ?? '';
    const question: { text: string; shares?: string } = typeof asked === 'string' ? { text: asked } : asked;
    counts.set(customer, count + 1);
    console.log(`${firstName}: ${question.text}`);
    await platforms.writes(customer, question);
    await pause(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
  }
}

async function printAnswers(): Promise<void> {
  for (const printed = [0, 0, 0]; app.exitCode === null; ) {
    for (const [i, answers] of platforms.answers().entries()) {
      for (const { to, text } of answers.slice(printed[i])) {
        console.log(`    → ${DEMO_CUSTOMERS.find(({ id }) => id === to)?.firstName ?? DEMO_CHATS[to] ?? to}: ${text}`);
      }
      printed[i] = answers.length;
    }
    await pause(200);
  }
}

async function cleanUp(code: number): Promise<void> {
  await Promise.all([platforms.close(), gemini.close()]);
  await rm(dataDir, { recursive: true, force: true });
  process.exit(code);
}
