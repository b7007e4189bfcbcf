// S12 (a leaving tenant): no table holds a text or an id of it, except the activity log, which holds no texts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { PASSWORD } from '../support/app.ts';
import type { RawClient } from './raw-client.ts';
import { type Things, twoTenants, type World } from './two-tenants.ts';

const WORD = 'Quagga';

let world: World;
beforeAll(async () => {
  world = await twoTenants();
});
afterAll(() => world.close());

type Owner = RawClient & { things: Things; username: string };

/** Writes the word wherever a business or its customers have words, and a row of each kind that hangs on others. */
async function marked(): Promise<Owner> {
  const owner = await world.owner();
  const { tenantId, bot, entryId, connectionId, conversationId, broadcastId, photoId } = owner.things;
  const run = (text: string, ...values: unknown[]) => world.sql.query(text, values);
  await run('UPDATE tenants SET name = $2 WHERE id = $1', tenantId, WORD);
  await run('UPDATE bots SET name = $2, system_prompt = $2, greeting = $2 WHERE tenant_id = $1', tenantId, WORD);
  await run('UPDATE knowledge_entries SET title = $2, content = $2 WHERE id = $1', entryId, WORD);
  await run('UPDATE connections SET display_name = $2, username = $2 WHERE id = $1', connectionId, WORD);
  await run(
    'UPDATE customers SET first_name = $2, username = $2, platform_user_id = $2 WHERE connection_id = $1',
    connectionId,
    WORD,
  );
  await run('UPDATE messages SET text = $2 WHERE conversation_id = $1', conversationId, WORD);
  await run('UPDATE broadcasts SET text = $2, photo_id = $3 WHERE id = $1', broadcastId, WORD, photoId);
  await run(
    `INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, conversation_id, chat_id, language, state)
     SELECT $1, connection_id, id, $2, $3, 'en', 'sent' FROM customers WHERE connection_id = $4`,
    broadcastId,
    conversationId,
    WORD,
    connectionId,
  );
  await run('UPDATE upgrade_requests SET note = $2 WHERE tenant_id = $1', tenantId, WORD);
  await run('INSERT INTO leases (connection_id, holder, epoch, expires_at) VALUES ($1, $2, 1, now())', connectionId, newId());
  await run('INSERT INTO send_rates (connection_id) VALUES ($1)', connectionId);
  await owner.submit(`/bots/${bot}/facts`, { 'address.1.text': WORD });
  await owner.submit(`/bots/${bot}/playground`, { text: WORD });
  return owner;
}

/** Tables that hold the text anywhere in a row. */
async function tablesWith(text: string): Promise<string[]> {
  const { rows: tables } = await world.sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await world.sql.query(`SELECT 1 FROM ${name} t WHERE position($1 in t::text) > 0 LIMIT 1`, [text]);
    if (rowCount) found.push(name);
  }
  return found.sort();
}

test('after an account is deleted no table holds a text of the business, its customers or its owner, and the log only ids', async () => {
  const [owner, other] = [await marked(), await world.owner()];
  const { tenantId, userId, bot, connectionId, conversationId, broadcastId, photoId, entryId } = owner.things;
  expect((await tablesWith(WORD)).length).toBeGreaterThan(8);
  const { rows } = await world.sql.query<{ id: string }>('SELECT id FROM customers WHERE connection_id = $1', [connectionId]);
  expect((await owner.submit('/account/delete', { password: PASSWORD })).status).toBe(303);

  // The limiter's counts by a person's id run out within the hour, and housekeeping takes them.
  const trail = ['public.audit_lines'];
  const known = [...trail, 'public.rate_limits'];
  expect(await tablesWith(WORD)).toEqual([]);
  expect(await tablesWith(`${owner.username}@`)).toEqual([]);
  expect(await tablesWith(owner.username)).toEqual([]);
  for (const id of [tenantId, userId]) expect(known).toEqual(expect.arrayContaining(await tablesWith(id)));
  for (const id of [bot, connectionId, conversationId, broadcastId, photoId, entryId, rows[0]?.id as string]) {
    expect(trail).toEqual(expect.arrayContaining(await tablesWith(id)));
  }
  expect((await tablesWith(other.things.bot)).length).toBeGreaterThan(3);
});
