// S67 (the installation's own values): an empty field takes them only for a business that an admin lent them to, or the only one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { makeBot, newOwner } from '../../support/owner.ts';

const VALUES = { id: '990000001', token: 'TOKEN-of-the-installation', appSecret: 'secret-of-the-installation' };
const EMPTY = { platform: 'whatsapp', whatsappAccessToken: '', whatsappPhoneNumberId: '', whatsappAppSecret: '' };

let [graph, site] = [{} as GraphEmulator, {} as TestApp];
beforeAll(async () => {
  graph = await startGraphEmulator();
  graph.addNumber(VALUES);
  site = await testApp({
    META_GRAPH_URL: graph.url,
    WHATSAPP_ACCESS_TOKEN: VALUES.token,
    WHATSAPP_PHONE_NUMBER_ID: VALUES.id,
    WHATSAPP_APP_SECRET: VALUES.appSecret,
  });
});
afterAll(async () => {
  await site.close();
  await graph.close();
});

async function owner() {
  const made = await newOwner(site, { language: 'en' });
  await site.sql.query("UPDATE subscriptions SET type = 'BASIC' WHERE tenant_id = $1", [made.tenantId]);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [made.email]);
  return { ...made, userId: rows[0]?.id as string, path: await makeBot(made.agent) };
}
const connect = (agent: Agent, path: string, form = EMPTY) => postForm(agent, `${path}/connections`, form, path);
const rowOf = async (tenantId: string) =>
  (await site.sql.query<{ id: string; state: string }>('SELECT id, state FROM connections WHERE tenant_id = $1', [tenantId]))
    .rows[0];
const actionsOf = async (tenantId: string) =>
  (
    await site.sql.query<{ action: string }>("SELECT action FROM audit_lines WHERE tenant_id = $1 AND action LIKE 'values.%'", [
      tenantId,
    ])
  ).rows;

test('the only business has them at its first empty form, of several those that an admin lends them to', async () => {
  const first = await owner();
  expect((await first.agent.get(first.path)).text).toContain('this site has a value of its own');
  // A form that leaves nothing to the installation takes nothing.
  await connect(first.agent, first.path, { ...EMPTY, whatsappAccessToken: 'EAA-own', whatsappPhoneNumberId: '123456' });
  expect(await actionsOf(first.tenantId)).toEqual([]);
  expect((await connect(first.agent, first.path)).status).toBe(303);
  expect(await actionsOf(first.tenantId)).toEqual([{ action: 'values.granted' }]);
  const own = `${first.path}/connections/${(await rowOf(first.tenantId))?.id}`;

  const second = await owner();
  expect((await second.agent.get(second.path)).text.match(/this site has a value of its own/g)).toHaveLength(1);
  const refused = await connect(second.agent, second.path);
  expect(refused.status).toBe(422);
  for (const field of ['whatsappAccessToken', 'whatsappPhoneNumberId']) expect(refused.text).toContain(`id="${field}-error"`);
  // What the first business connected goes on.
  expect((await postForm(first.agent, `${own}/start`, {}, first.path)).status).toBe(303);

  await site.sql.query('UPDATE users SET is_admin = true WHERE id = $1', [second.userId]);
  const admin = (userId: string, act: string) =>
    postForm(second.agent, `/admin/users/${userId}/installation-values/${act}`, {}, `/admin/users/${userId}`);
  expect((await second.agent.get(`/admin/users/${first.userId}`)).text).toContain('installation-values/withdraw');
  expect((await admin(first.userId, 'withdraw')).status).toBe(303);
  expect(await rowOf(first.tenantId)).toMatchObject({ state: 'INACTIVE' });
  expect((await postForm(first.agent, `${own}/start`, {}, first.path)).text).toContain('Enter your own');
  expect(await rowOf(first.tenantId)).toMatchObject({ state: 'INACTIVE' });
  await postForm(first.agent, `${own}/delete`, {}, first.path);

  expect((await admin(second.userId, 'lend')).status).toBe(303);
  expect((await connect(second.agent, second.path)).status).toBe(303);
  expect(await rowOf(second.tenantId)).toMatchObject({ state: 'ACTIVE' });
  expect((await connect(first.agent, first.path)).status).toBe(422);
});

test('with a token and an account of its own, a business may leave the secret of the installation’s app empty', async () => {
  const { agent, path, tenantId } = await owner();
  graph.addNumber({ ...VALUES, id: '990000002', token: 'TOKEN-990000002' });
  const form = { ...EMPTY, whatsappAccessToken: 'TOKEN-990000002', whatsappPhoneNumberId: '990000002' };
  expect((await connect(agent, path, form)).status).toBe(303);
  expect(await rowOf(tenantId)).toMatchObject({ state: 'ACTIVE' });
});
