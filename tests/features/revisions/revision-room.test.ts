// S70 (disk): each save keeps a copy of a text. A script that edits one entry over and over fills no disk.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { newShop, type OwnedShop } from '../../support/owner.ts';

const MB = 1024 * 1024;

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const kept = async ({ tenantId }: OwnedShop): Promise<{ count: number; newest: string }> => {
  const { rows } = await site.sql.query<{ count: number; newest: string }>(
    `SELECT count(*)::int AS count, (array_agg(content ->> 'title' ORDER BY id DESC))[1] AS newest FROM revisions WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows[0] as { count: number; newest: string };
};

const text = randomBytes(MB / 2).toString('hex');

/** As after that many saves of an entry with 1 MB. */
async function saved({ tenantId, botId }: OwnedShop, count: number): Promise<void> {
  const save = (title: string) =>
    site.sql.query("INSERT INTO revisions (tenant_id, bot_id, subject, subject_id, content) VALUES ($1, $2, 'entry', $2, $3)", [
      tenantId,
      botId,
      JSON.stringify({ title, content: text }),
    ]);
  await save('Save 1');
  await site.sql.query(
    `INSERT INTO revisions (tenant_id, bot_id, subject, subject_id, content)
     SELECT r.tenant_id, bot_id, subject, subject_id, content FROM revisions r, generate_series(3, $2::int)
     WHERE r.tenant_id = $1 AND content ->> 'title' = 'Save 1'`,
    [tenantId, count],
  );
  await save(`Save ${count}`);
}

test('the revisions of a business take 40 MB at most: the oldest go, and another business keeps its own', async () => {
  const [greedy, other] = [await newShop(site), await newShop(site)];
  const before = await kept(other);
  await saved(greedy, 70);
  await saved(other, 3);
  await site.container.features.revisions.jobs.hourly(new Date());

  const { count, newest } = await kept(greedy);
  expect(newest).toBe('Save 70');
  // Half of the text's size: it is hexadecimal, and stored compressed.
  expect(count).toBeGreaterThan(30);
  expect(count).toBeLessThan(71);
  expect((await kept(other)).count).toBe(before.count + 3);
  await site.container.features.revisions.jobs.hourly(new Date());
  expect((await kept(greedy)).count).toBe(count);
});

test('3,000 saves an hour are taken of a business, then 429 in words; reading goes on', async () => {
  const { agent, bot, tenantId } = await newShop(site);
  const page = `${bot}/knowledge`;
  const save = (title: string) => postForm(agent, page, { title, content: 'Open' }, page);
  expect((await save('First')).status).toBe(303);
  await site.sql.query("UPDATE rate_limits SET points = 3000 WHERE key = 'saves:' || $1", [tenantId]);
  const refused = await save('One more');
  expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
  expect((await agent.get(page)).status).toBe(200);
});
