import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBotsQueries } from '../../../src/features/bots/bots.queries.ts';
import { insertConnection } from '../../../src/features/connections/connections.repo.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';
import { rounds } from '../../support/soak.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const botsQueries = () =>
  createBotsQueries({ database: site.container.database, gate: site.container.features.billing.api.gate });

const countOf = async (tenantId: string): Promise<number> =>
  (await site.sql.query<{ n: number }>('SELECT count(*) AS n FROM bots WHERE tenant_id = $1', [tenantId])).rows[0]?.n as number;

test('beyond the plan the form keeps the input and links to a larger plan', async () => {
  const { agent, tenantId } = await newOwner(site, { maxBots: 1 });
  await makeBot(agent);
  const form = { name: 'Second', systemPrompt: 'Be kind.', platform: 'telegram', telegramToken: '' };
  const answer = await postForm(agent, '/bots', form, '/bots/new');

  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Second');
  expect(answer.text).toContain('href="/subscription"');
  expect(await countOf(tenantId)).toBe(1);
});

test('after the end of a plan the free limits hold', async () => {
  const { agent, tenantId } = await newOwner(site, { maxBots: 20 });
  await site.sql.query("UPDATE subscriptions SET ends_at = now() - interval '1 day' WHERE tenant_id = $1", [tenantId]);
  await makeBot(agent);
  await expect(makeBot(agent)).rejects.toThrow('422');
});

// Races exist on Postgres only: the embedded database has one connection.
test('twenty concurrent requests never exceed the limit, again and again', async () => {
  const repo = botsQueries();
  for (let round = 0; round < rounds(20); round += 1) {
    const { tenantId } = await newOwner(site, { maxBots: 3 });
    const tries = Array.from({ length: 20 }, () => repo.create(tenantId, { id: newId(), name: 'x', systemPrompt: 'x' }));
    const refused = (await Promise.all(tries)).filter((limit) => limit !== null);

    expect(refused).toEqual(Array.from({ length: 17 }, () => 3));
    expect(await countOf(tenantId)).toBe(3);
  }
});

test('twenty connections added to one bot at once never exceed its limit', async () => {
  const { agent, tenantId } = await newOwner(site);
  const botId = idOf(await makeBot(agent));
  const { connectionsRepo } = site.container.features.connections.api;
  const add = () =>
    connectionsRepo.add(tenantId, botId, 3, (tx) =>
      insertConnection(tx, tenantId, {
        ...{ id: newId(), botId, platform: 'telegram', accountId: newId(), displayName: null, username: null },
        ...{ sealedSecrets: 'v1:x:x:x:x', secretLast4: 'AAAA', failureReason: null, retryAt: null, tokenRenewAt: null },
        ...{ ready: false, proven: false, sharesApp: false },
      }),
    );
  const added = await Promise.all(Array.from({ length: 20 }, add));

  expect(added.filter(Boolean)).toHaveLength(3);
  const { rowCount } = await site.sql.query('SELECT 1 FROM connections WHERE bot_id = $1', [botId]);
  expect(rowCount).toBe(3);
});

test('a connection that cannot be stored leaves no bot', async () => {
  const repo = botsQueries();
  const { tenantId } = await newOwner(site);
  const work = repo.create(tenantId, { id: newId(), name: 'x', systemPrompt: 'x' }, () => Promise.reject(new Error('taken')));

  await expect(work).rejects.toThrow('taken');
  expect(await countOf(tenantId)).toBe(0);
});
