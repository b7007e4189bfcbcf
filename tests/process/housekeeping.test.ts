import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { idOf, makeBot, newOwner } from '../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const column = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
  (await site.sql.query<{ value: unknown }>(text, values)).rows.map(({ value }) => value);

test('the hourly job deletes expired sessions, counters, refusals and reset links, and nothing else', async () => {
  const { sql } = site;
  const { email } = await newOwner(site);
  await sql.query(`INSERT INTO sessions (id_hash, data, expires_at) VALUES
    ('old', '{}', now() - interval '1 second'), ('new', '{}', now() + interval '1 hour')`);
  await sql.query(`INSERT INTO rate_limits (key, points, expire) VALUES
    ('old', 1, extract(epoch FROM now()) * 1000 - 1000), ('new', 1, extract(epoch FROM now()) * 1000 + 60000), ('lasting', 1, NULL)`);
  await sql.query(`INSERT INTO webhook_refusals (slot, platform, reason, count, last_at) VALUES
    (now() - interval '49 hours', 'whatsapp', 'unsigned', 1, now()), (now() - interval '25 hours', 'whatsapp', 'unsigned', 2, now())`);
  await sql.query(
    `INSERT INTO password_resets (token_hash, user_id, expires_at)
     SELECT hash, id, now() - age FROM users, (VALUES ('old', interval '25 hours'), ('new', interval '23 hours')) AS link (hash, age)
     WHERE email = $1`,
    [email],
  );
  await site.container.jobs.hourly();

  expect(await column("SELECT id_hash AS value FROM sessions WHERE id_hash IN ('old', 'new')")).toEqual(['new']);
  expect(await column('SELECT count AS value FROM webhook_refusals')).toEqual([2]);
  expect(await column("SELECT key AS value FROM rate_limits WHERE key IN ('old', 'new', 'lasting') ORDER BY 1")).toEqual([
    'lasting',
    'new',
  ]);
  expect(await column('SELECT token_hash AS value FROM password_resets')).toEqual(['new']);
});

test('the hourly job deletes photos of the day before that no broadcast uses', async () => {
  const { agent, tenantId } = await newOwner(site);
  const botId = idOf(await makeBot(agent));
  const { photos } = site.container.features.broadcasts.api;
  const photo = (content: string) => photos.keep(tenantId, botId, { content: Buffer.from(content), type: 'image/png' });
  const [used, unused, fresh] = [await photo('used'), await photo('unused'), await photo('fresh')];
  await site.sql.query("UPDATE broadcast_photos SET created_at = now() - interval '25 hours' WHERE id = ANY($1)", [
    [used, unused],
  ]);
  await site.sql.query(
    `INSERT INTO broadcasts (id, tenant_id, bot_id, draft_id, content_hash, text, state, photo_id)
     VALUES ($1, $2, $3, $1, 'x', 'Look', 'finished', $4)`,
    [newId(), tenantId, botId, used],
  );
  await site.container.jobs.hourly();

  const left = await column('SELECT id AS value FROM broadcast_photos WHERE tenant_id = $1', [tenantId]);
  expect(left.toSorted()).toEqual([used, fresh].toSorted());
});
