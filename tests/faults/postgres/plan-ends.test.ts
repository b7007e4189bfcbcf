// R45: of two installations one has a process whose clock is ten minutes fast, the other one that is ten minutes slow.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';

const SHIFT_CLOCK = new URL('../../support/shift-clock.ts', import.meta.url).href;
// The scheduled look of every minute, and until it is fetched.
const LOOK_MS = 150_000;

const startWith = (minutesFast: number): Promise<Product> =>
  startProduct({
    ai: false,
    adapt: (env) => ({
      ...env,
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${SHIFT_CLOCK}`,
      CLOCK_SHIFT_MS: String(minutesFast * 60_000),
    }),
  });

let products: Product[];
beforeAll(async () => {
  products = await Promise.all([startWith(10), startWith(-10)]);
  await Promise.all(products.map((product) => ownerWithBots(product, 2)));
}, 120_000);
afterAll(() => Promise.all(products.map((product) => product.close())));

const endsIn = (product: Product, minutes: number) =>
  product.installation.query(
    `UPDATE subscriptions SET type = 'STARTER', max_bots = 2, ends_at = now() + $1 * interval '1 minute', noticed_days = NULL`,
    [minutes],
  );
/** What the owner was told by the next look, in days before the end, and how many bots it stopped. */
async function nextLook({ installation, telegram }: Product): Promise<{ noticed: number; stopped: number }> {
  const text = `SELECT noticed_days AS noticed,
    (SELECT count(*)::int FROM connections WHERE failure_reason = 'plan_limit') AS stopped FROM subscriptions WHERE active`;
  const look = async () => (await installation.query<{ noticed: number | null; stopped: number }>(text))[0];
  await telegram.waitFor(async () => (await look())?.noticed != null, 'the look at all plans', LOOK_MS);
  return (await look()) as { noticed: number; stopped: number };
}

test('five minutes before its end a plan is in force, a minute after it has ended, for both', { timeout: 360_000 }, async () => {
  await Promise.all(products.map((product) => endsIn(product, 5)));
  expect(await Promise.all(products.map(nextLook))).toEqual(products.map(() => ({ noticed: 1, stopped: 0 })));

  await Promise.all(products.map((product) => endsIn(product, -1)));
  expect(await Promise.all(products.map(nextLook))).toEqual(products.map(() => ({ noticed: 0, stopped: 1 })));
});
