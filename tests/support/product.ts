// The whole product at work: its own process, with emulated platforms around it.
import { type AppProcess, type Installation, newInstallation, startApp } from './app-process.ts';
import { type GeminiEmulator, startGeminiEmulator } from './gemini-emulator/gemini-emulator.ts';
import { createTelegramBot, registerOwner, type Visitor } from './site-visitor.ts';
import type { BotState } from './telegram-emulator/bot-state.ts';
import { startTelegramEmulator, type TelegramEmulator } from './telegram-emulator/telegram-emulator.ts';

export interface Product {
  installation: Installation;
  telegram: TelegramEmulator;
  gemini: GeminiEmulator;
  env: Record<string, string>;
  app: AppProcess;
  /** Starts the process again, after it was ended. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface ProductOptions {
  /** False: no Gemini key. */
  ai?: boolean;
  /** A desk bot of the installation, by its token. */
  deskToken?: string;
  /** Where it keeps its data; a new one by default. */
  installation?: Installation;
  /** Changes the environment before the start: proxies put in between, further settings. */
  adapt?: (env: Record<string, string>) => Record<string, string> | Promise<Record<string, string>>;
}

/** Starts the product with emulators around it. */
export async function startProduct({ ai = true, adapt = (env) => env, ...rest }: ProductOptions = {}): Promise<Product> {
  const [installation, telegram, gemini] = await Promise.all([
    rest.installation ?? newInstallation(),
    startTelegramEmulator(),
    startGeminiEmulator(),
  ]);
  if (rest.deskToken) telegram.addBot({ token: rest.deskToken, username: 'factory_desk_bot' });
  const env = await adapt({
    ...installation.env,
    TELEGRAM_API_ROOT: telegram.url,
    GEMINI_BASE_URL: gemini.url,
    ...(ai && { GEMINI_API_KEY: gemini.apiKey }),
    CUSTOMER_MESSAGES_PER_MINUTE: '0',
    ...(rest.deskToken && { TELEGRAM_DESK_TOKEN: rest.deskToken }),
  });
  const product: Product = {
    installation,
    telegram,
    gemini,
    env,
    app: await startApp(env),
    async restart() {
      product.app = await startApp(env);
    },
    async close() {
      await product.app.end('SIGTERM');
      await Promise.all([telegram.close(), gemini.close()]);
      await installation.remove();
    },
  };
  return product;
}

/** An owner with `count` running bots and limits that no test reaches. */
export async function ownerWithBots(
  product: Product,
  count: number,
): Promise<{ owner: Visitor; bots: [BotState, ...BotState[]] }> {
  const owner = await registerOwner(product.app.url, 'owner');
  await product.installation.query('UPDATE subscriptions SET max_bots = 100, max_messages_per_month = 100000');
  const bots: BotState[] = [];
  for (let i = 0; i < count; i += 1) {
    const bot = product.telegram.addBot({ token: `${700_000_001 + i}:${'A'.repeat(34)}${i % 10}` });
    await createTelegramBot(owner, { name: `Bot ${i}`, systemPrompt: 'You help customers.', token: bot.token });
    bots.push(bot);
  }
  const running = "SELECT count(*)::int AS count FROM connections WHERE state = 'ACTIVE'";
  const allRun = async (): Promise<boolean> => (await product.installation.query<{ count: number }>(running))[0]?.count === count;
  await product.telegram.waitFor(allRun, `${count} running bots`, 30_000);
  return { owner, bots: bots as [BotState, ...BotState[]] };
}
