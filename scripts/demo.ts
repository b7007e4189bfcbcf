// npm run demo: the product at work without any key. Starts emulators of Telegram and Gemini, a freshly seeded bakery and
// customers who write to its bot every few seconds; everything is gone when it ends. Sign in and watch the pages.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seedBakery } from '../prisma/seed.ts';
import { readEnv } from '../src/env.ts';
import { startGeminiEmulator } from '../tests/support/gemini-emulator/gemini-emulator.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../tests/support/telegram-emulator/telegram-emulator.ts';
import { DEMO_CUSTOMERS, type DemoCustomer } from './demo-customers.ts';

const BOT_TOKEN = `7000000301:${'DemoBakeryToken'.padEnd(35, '0')}`;
const PASSWORD = 'oltin-non-demo-2026';
const PAUSE_MS = { least: 2_500, most: 6_000 };

const port = process.env.PORT ?? '5000';
const dataDir = await mkdtemp(join(tmpdir(), 'botfactory-demo-'));
const telegram = await startTelegramEmulator();
const gemini = await startGeminiEmulator();
gemini.controls.latencyMs = 700;
const bot = telegram.addBot({ token: BOT_TOKEN, username: 'oltin_non_demo_bot', name: 'Oltin Non' });

const settings = {
  ...process.env,
  PORT: port,
  NODE_ENV: 'development',
  DATABASE_URL: '',
  DATA_DIR: dataDir,
  TELEGRAM_API_ROOT: telegram.url,
  TELEGRAM_MODE: 'polling',
  GEMINI_BASE_URL: gemini.url,
  GEMINI_API_KEY: gemini.apiKey,
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
};

console.log('Preparing the bakery…');
await seedBakery(readEnv(settings), { password: PASSWORD, telegramToken: BOT_TOKEN });
const app = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], { env: settings, stdio: 'inherit' });
process.on('SIGINT', () => app.kill('SIGTERM'));
process.on('SIGTERM', () => app.kill('SIGTERM'));
app.once('exit', (code) => void cleanUp(code ?? 0));

if (await isUp(app)) {
  console.log(`
  Oltin Non, a bakery in Tashkent, is open:  http://localhost:${port}
  Sign in as  demo  with the password  ${PASSWORD}
  Telegram and Gemini are emulated on this machine. Customers write every few seconds; Ctrl+C ends it all.
`);
  void printAnswers(telegram);
  await playCustomers(telegram);
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

async function playCustomers(platform: TelegramEmulator): Promise<void> {
  const asked = new Map<DemoCustomer, number>();
  while (app.exitCode === null) {
    const customer = DEMO_CUSTOMERS[Math.floor(Math.random() * DEMO_CUSTOMERS.length)] as DemoCustomer;
    const count = asked.get(customer) ?? 0;
    const { questions, userId, firstName, username, languageCode } = customer;
    const text = questions[count % questions.length] as string;
    asked.set(customer, count + 1);
    console.log(`${firstName}: ${text}`);
    platform.customerSends(bot.id, { userId, firstName, username, languageCode, text });
    await pause(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
  }
}

async function printAnswers(platform: TelegramEmulator): Promise<void> {
  for (let printed = 0; app.exitCode === null; ) {
    for (const { chatId, text } of platform.sent(bot.id).slice(printed)) {
      const name = DEMO_CUSTOMERS.find((customer) => customer.userId === chatId)?.firstName ?? String(chatId);
      console.log(`    → ${name}: ${text}`);
      printed += 1;
    }
    await pause(200);
  }
}

async function cleanUp(code: number): Promise<void> {
  await Promise.all([telegram.close(), gemini.close()]);
  await rm(dataDir, { recursive: true, force: true });
  process.exit(code);
}
