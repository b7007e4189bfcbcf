import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Receipt } from '../../../src/core/inbound-event.ts';
import { createBroadcastReceipts } from '../../../src/features/broadcasts/broadcast-receipts.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type Shop, seedShop } from '../../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
const broadcastId = newId();
beforeAll(async () => {
  opened = await testDatabase();
  shop = await seedShop(opened.database);
  await opened.database.sql.query(
    `INSERT INTO broadcasts (id, tenant_id, bot_id, draft_id, content_hash, text, state)
     VALUES ($1, $2, $3, $1, 'x', 'Hi', 'finished')`,
    [broadcastId, shop.tenantId, shop.botId],
  );
});
afterAll(() => opened.close());

async function after(...words: Pick<Receipt, 'state'>[]): Promise<string | undefined> {
  const externalId = newId();
  const { sql } = opened.database;
  await sql.query(
    `INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, chat_id, language, state, external_id)
     VALUES ($1, $2, $3, '1', 'en', 'sent', $4)`,
    [broadcastId, shop.connectionId, newId(), externalId],
  );
  const apply = createBroadcastReceipts(opened);
  for (const { state } of words) await apply(shop.connectionId, [{ kind: 'receipt', externalId, chatIds: ['1'], state }]);
  const { rows } = await sql.query<{ state: string }>('SELECT state FROM broadcast_recipients WHERE external_id = $1', [
    externalId,
  ]);
  return rows[0]?.state;
}

test.each([
  [['delivered'], 'delivered'],
  [['delivered', 'read'], 'read'],
  [['read', 'delivered', 'sent'], 'read'],
  [['failed'], 'failed'],
  [['read', 'failed'], 'read'],
] as const)('after the receipts %j a recipient is %s', async (states, expected) => {
  expect(await after(...states.map((state) => ({ state })))).toBe(expected);
});

test('of several receipts in one delivery the furthest state holds', async () => {
  const externalId = newId();
  const { sql } = opened.database;
  await sql.query(
    `INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, chat_id, language, state, external_id)
     VALUES ($1, $2, $3, '1', 'en', 'sent', $4)`,
    [broadcastId, shop.connectionId, newId(), externalId],
  );
  const word = (state: Receipt['state']): Receipt => ({ kind: 'receipt', externalId, chatIds: [], state });
  await createBroadcastReceipts(opened)(shop.connectionId, [word('read'), word('delivered'), word('sent')]);
  await createBroadcastReceipts(opened)(newId(), [word('failed')]);

  const { rows } = await sql.query<{ state: string }>('SELECT state FROM broadcast_recipients WHERE external_id = $1', [
    externalId,
  ]);
  expect(rows[0]?.state).toBe('read');
});
