import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/app-process.ts';
import { broadcastProcess, content, countsOf, ownerOf, stateOf } from '../support/broadcast-world.ts';
import { addAudience } from '../support/factories.ts';
import { type Shop, seedShop } from '../support/pipeline.ts';
import { soak, within } from '../support/soak.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

const RECIPIENTS = soak(20_000, 100_000);
const MB = 1024 * 1024;

let opened: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  opened = await testDatabase();
  shop = await seedShop(opened.database);
  for (let part = 0; part < 10; part += 1) await addAudience(opened.database, shop, RECIPIENTS / 10, { prefix: `${part}-` });
  await opened.database.sql.query('ANALYZE customers, conversations');
}, 240_000);
afterAll(() => opened.close());

async function took(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(performance.now() - startMs);
}

test(`${RECIPIENTS} recipients are written down in seconds and little memory, and the page stays quick`, async () => {
  const process_ = broadcastProcess(opened.database);
  const { service, runner } = process_;
  const preflightMs = await took(() => service.preflight(shop.tenantId, shop.botId, content()));
  const heapBefore = process.memoryUsage().heapUsed;
  let id = '';
  const createMs = await took(async () => {
    ({ id } = await service.create(ownerOf(shop), shop.botId, { draft: undefined, content: content() }));
  });
  const prepareMs = await took(async () => {
    await runner.start();
    await until(
      async () => (await stateOf(opened.database, id)) === 'sending',
      60_000,
      () => 'never prepared',
    );
  });
  const heapGrown = (process.memoryUsage().heapUsed - heapBefore) / MB;
  const pageMs = await took(() => service.counts(shop.tenantId, id));
  await service.act(ownerOf(shop), shop.botId, id, 'cancel');
  await runner.stop();

  const counts = await countsOf(opened.database, id);
  expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(RECIPIENTS);
  expect(createMs + prepareMs).toBeLessThan(within(10_000));
  expect(preflightMs).toBeLessThan(within(3_000));
  expect(pageMs).toBeLessThan(within(1_000));
  expect(heapGrown).toBeLessThan(64);
});
