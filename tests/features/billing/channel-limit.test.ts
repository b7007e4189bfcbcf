import { afterAll, beforeAll, expect, test } from 'vitest';
import { channelsOf } from '#channels/channels.ts';
import { PLAN_NAMES } from '../../../src/core/plans.ts';
import { lockRow, type Transaction } from '../../../src/platform/db/row-lock.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';
import { rounds } from '../../support/soak.ts';

let site: TestApp;
let graph: GraphEmulator;
beforeAll(async () => {
  graph = await startGraphEmulator();
  site = await testApp({ META_GRAPH_URL: graph.url });
});
afterAll(async () => {
  await site.close();
  await graph.close();
});

let lastId = 600_000_000;
function whatsappForm(): Record<string, string> {
  const id = String(++lastId);
  graph.addNumber({ id, token: `TOKEN-${id}`, appSecret: `SECRET-${id}` });
  return {
    platform: 'whatsapp',
    whatsappAccessToken: `TOKEN-${id}`,
    whatsappPhoneNumberId: id,
    whatsappAppSecret: `SECRET-${id}`,
  };
}

async function ownerOn(plan: string) {
  const made = await newOwner(site);
  const setPlan = (type: string) =>
    site.sql.query('UPDATE subscriptions SET type = $2::"PlanName" WHERE tenant_id = $1', [made.tenantId, type]);
  await setPlan(plan);
  await postForm(made.agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
  return { ...made, setPlan };
}

const countOf = async (tenantId: string): Promise<number> =>
  (await site.sql.query('SELECT 1 FROM connections WHERE tenant_id = $1', [tenantId])).rowCount as number;
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test('Telegram is in every plan, Instagram from STARTER, WhatsApp from BASIC', () => {
  const included = PLAN_NAMES.map((plan) => [plan, channelsOf(plan).map(({ kind }) => kind)]);
  expect(Object.fromEntries(included)).toEqual({
    FREE: ['telegram'],
    STARTER: ['telegram', 'instagram'],
    BASIC: ['telegram', 'instagram', 'whatsapp'],
    PREMIUM: ['telegram', 'instagram', 'whatsapp'],
  });
});

test('a channel outside the plan is shown with its price in both forms', async () => {
  const { agent } = await ownerOn('FREE');
  for (const page of ['/bots/new', await makeBot(agent)]) {
    const text = plain((await agent.get(page)).text);
    expect(text).toContain('From STARTER: 99 000 soʻm a month');
    expect(text).toContain('From BASIC: 249 000 soʻm a month');
    expect(text.match(/name="platform" value="(instagram|whatsapp)" disabled/g)).toHaveLength(2);
    expect(text).not.toContain('whatsappAccessToken');
  }
  const larger = plain((await (await ownerOn('BASIC')).agent.get('/bots/new')).text);
  expect(larger).not.toContain('From BASIC');
  expect(larger).toContain('whatsappAccessToken');
});

test('connecting it is refused with its price, and the input is kept without secrets', async () => {
  const { agent, tenantId } = await ownerOn('STARTER');
  const form = whatsappForm();
  const withBot = await postForm(agent, '/bots', { name: 'Nova', systemPrompt: 'Be kind.', ...form }, '/bots/new');
  expect(withBot.status).toBe(422);
  expect(plain(withBot.text)).toContain('It comes with BASIC: 249 000 soʻm a month.');
  expect(withBot.text).toContain('value="Nova"');
  expect(withBot.text).not.toContain(form['whatsappAccessToken']);

  const path = await makeBot(agent);
  const added = await postForm(agent, `${path}/connections`, form, path);
  expect(added.status).toBe(422);
  expect(plain(added.text)).toContain('It comes with BASIC: 249 000 soʻm a month.');
  expect(await countOf(tenantId)).toBe(0);
});

test('under a smaller plan it cannot be started, alone or with all; included channels start', async () => {
  const { agent, tenantId, setPlan } = await ownerOn('BASIC');
  const path = await makeBot(agent, { ...whatsappForm(), telegramToken: '' });
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE tenant_id = $1', [tenantId]);
  const start = (of: string) => postForm(agent, `${path}${of}/start`, {}, path);
  await postForm(agent, `${path}/stop`, {}, path);
  await setPlan('FREE');

  for (const of of ['', `/connections/${rows[0]?.id}`]) {
    const answer = await start(of);
    expect(answer.status).toBe(422);
    expect(plain(answer.text)).toContain('249 000 soʻm a month');
  }
  await below({ tenantId, botId: idOf(path) })
    .withConnection()
    .in(site);
  expect((await start('')).status).toBe(303);
  const states = await site.sql.query('SELECT platform, state FROM connections WHERE tenant_id = $1 ORDER BY platform', [
    tenantId,
  ]);
  expect(states.rows).toEqual([
    { platform: 'telegram', state: 'ACTIVE' },
    { platform: 'whatsapp', state: 'INACTIVE' },
  ]);

  await setPlan('BASIC');
  expect((await start(`/connections/${rows[0]?.id}`)).status).toBe(303);
});

test('an ended plan counts as the free plan', async () => {
  const { agent, tenantId } = await ownerOn('PREMIUM');
  const path = await makeBot(agent);
  await site.sql.query("UPDATE subscriptions SET ends_at = now() - interval '1 minute' WHERE tenant_id = $1", [tenantId]);
  expect((await postForm(agent, `${path}/connections`, whatsappForm(), path)).status).toBe(422);
});

// A race on Postgres only: on the embedded database the second waits for the first.
test('connecting during a change to a smaller plan is refused, again and again', async () => {
  const { database, features } = site.container;
  const { connections } = features.connections.api;
  for (let round = 0; round < rounds(10); round += 1) {
    const { agent, tenantId } = await ownerOn('BASIC');
    const botId = idOf(await makeBot(agent));
    const prepared = await connections.prepare(tenantId, botId, whatsappForm() as never);
    let adding: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await lockRow(tx, 'tenant', tenantId);
      await tx.subscription.updateMany({ where: { tenantId }, data: { type: 'STARTER' } });
      adding = expect(database.transaction((other) => prepared?.insert(other) as Promise<void>)).rejects.toMatchObject({
        key: 'plans.error.channel_locked',
      });
      if (database.kind === 'postgres') await untilSomebodyWaits(tx);
    });
    await adding;
    expect(await countOf(tenantId)).toBe(0);
  }
});

async function untilSomebodyWaits(tx: Transaction): Promise<void> {
  const waiting = () => tx.$queryRaw<unknown[]>`
    SELECT 1 AS one FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`;
  while ((await waiting()).length === 0);
}
