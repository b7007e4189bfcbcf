// R34: a start with 500 bots whose state Telegram has to be asked for: the pages do not wait for them, few are started at once,
// and one that hangs holds up none.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnectionSecrets } from '../../src/features/connections/connection-secrets.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import { createSealer } from '../../src/platform/crypto/seal.ts';
import { mostWithin } from '../support/most-within.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { soak, within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { faults } from '../support/telegram-emulator/faults.ts';

const BOTS = soak(100, 500);
const AT_ONCE = 20;
const CALL_MS = 300;
const HANGING = 3;
const MOST_MORE_MS = within(1_500);
const KEY = 'the key of this test is of thirty-two letters';

let product: Product;
const bots: BotState[] = [];
beforeAll(async () => {
  product = await startProduct({ ai: false, adapt: (env) => ({ ...env, ENCRYPTION_KEY: KEY }) });
  await ownerWithBots(product, 1);
}, 120_000);
afterAll(() => product.close());

/** Connections that were entered and never asked about, each of a bot of its own. */
async function seed(): Promise<void> {
  const secrets = createConnectionSecrets({ sealer: createSealer([KEY]) });
  const [tenant] = await product.installation.query<{ id: string }>('SELECT id FROM tenants');
  const rows = Array.from({ length: BOTS }, (_, n) => {
    const bot = product.telegram.addBot({ token: `${820_000_001 + n}:${'D'.repeat(35)}` });
    bots.push(bot);
    const row = { id: newId(), tenantId: tenant?.id ?? '' };
    return {
      ...row,
      bot: newId(),
      account: String(bot.id),
      ...secrets.sealCredentials(row, { telegramToken: bot.token }, bot.token),
    };
  });
  await product.installation.query('UPDATE subscriptions SET max_bots = 1000');
  const column = (key: keyof (typeof rows)[0]): unknown[] => rows.map((row) => row[key]);
  await product.installation.query(
    "INSERT INTO bots (id, tenant_id, name, system_prompt) SELECT id, $1, 'Many', 'You help.' FROM unnest($2::uuid[]) AS b(id)",
    [tenant?.id, column('bot')],
  );
  await product.installation.query(
    `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, sealed_secrets, secret_last4, state)
     SELECT id, $1, bot, 'telegram', account, sealed, 'DDDD', 'PENDING'
     FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS c(id, bot, account, sealed)`,
    [tenant?.id, column('id'), column('bot'), column('account'), column('sealedSecrets')],
  );
}

async function startMs(): Promise<number> {
  await product.app.end('SIGTERM');
  const startedAt = performance.now();
  await product.restart();
  return performance.now() - startedAt;
}

test(`${BOTS} bots: ready as soon as with one, ${AT_ONCE} started at once at most, those that hang hold up no other`, async () => {
  const alone = Math.min(await startMs(), await startMs());
  await product.app.end('SIGTERM');
  await seed();
  for (const bot of bots.slice(0, HANGING)) product.telegram.fault({ botId: bot.id, method: 'getMe', fault: faults.hang });
  for (const bot of bots.slice(HANGING))
    product.telegram.fault({ botId: bot.id, method: 'getMe', fault: faults.latency(CALL_MS) });
  const startedAt = performance.now();
  await product.restart();
  const readyMs = performance.now() - startedAt;
  const pageAt = performance.now();
  expect((await fetch(`${product.app.url}/login`)).status).toBe(200);
  const pageMs = performance.now() - pageAt;
  const active = "SELECT count(*)::int AS n FROM connections WHERE state = 'ACTIVE' AND account_id LIKE '82%'";
  const running = async (): Promise<number> => (await product.installation.query<{ n: number }>(active))[0]?.n ?? 0;
  await product.telegram.waitFor(async () => (await running()) === BOTS - HANGING, 'all that answer', 120_000);
  const allMs = performance.now() - startedAt;

  const asked = bots.slice(HANGING).map((bot) => product.telegram.calls(bot, 'getMe')[0]?.atMs ?? 0);
  console.info(
    `ready after ${Math.round(readyMs)} ms (with one bot ${Math.round(alone)}), a page in ${Math.round(pageMs)} ms, ${BOTS - HANGING} bots running after ${Math.round(allMs)} ms`,
  );
  expect(readyMs).toBeLessThan(alone + MOST_MORE_MS);
  expect(pageMs).toBeLessThan(within(1_000));
  expect(mostWithin(asked, CALL_MS * 0.9)).toBeLessThanOrEqual(AT_ONCE);
}, 240_000);
