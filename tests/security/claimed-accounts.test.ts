// S66 (an account claimed without proof). Races are proven on Postgres, between two processes.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../support/app.ts';
import type { GraphAccount } from '../support/graph-emulator/accounts.ts';
import { type GraphEmulator, startGraphEmulator } from '../support/graph-emulator/graph-emulator.ts';
import { whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';
import { aToken, makeBot, newOwner } from '../support/owner.ts';
import { rounds } from '../support/soak.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';

const APP_SECRET = 'secret-of-the-installation';

let [graph, telegram, site] = [{} as GraphEmulator, {} as TelegramEmulator, {} as TestApp];
beforeAll(async () => {
  [graph, telegram] = await Promise.all([startGraphEmulator(), startTelegramEmulator()]);
  const peers = { META_GRAPH_URL: graph.url, TELEGRAM_API_ROOT: telegram.url };
  site = await testApp({ ...peers, WHATSAPP_APP_SECRET: APP_SECRET, INSTAGRAM_APP_SECRET: APP_SECRET });
});
afterAll(async () => {
  await site.close();
  await Promise.all([graph.close(), telegram.close()]);
});
beforeEach(() => graph.heal());

let lastId = 810_000_000;
const ownSecret = { whatsapp: 'whatsappAppSecret', instagram: 'instagramAppSecret' };
function account(kind: 'whatsapp' | 'instagram') {
  const id = String(++lastId);
  const spec = { id, token: `TOKEN-${id}`, appSecret: APP_SECRET };
  const meta = kind === 'whatsapp' ? graph.addNumber(spec) : graph.addInstagram(spec);
  const accountField = kind === 'whatsapp' ? 'whatsappPhoneNumberId' : 'instagramAccountId';
  const form = { platform: kind, [`${kind}AccessToken`]: spec.token, [accountField]: id, [ownSecret[kind]]: APP_SECRET };
  return { meta, form, invented: { ...form, [`${kind}AccessToken`]: 'EAA-invented' } };
}

async function owner(agent?: Agent) {
  const made = await newOwner(agent ? { ...site, agent: () => agent } : site, { language: 'en' });
  await site.sql.query("UPDATE subscriptions SET type = 'PREMIUM' WHERE tenant_id = $1", [made.tenantId]);
  return { ...made, path: await makeBot(made.agent) };
}
type Owner = Awaited<ReturnType<typeof owner>>;
const connect = ({ agent, path }: Owner, form: Record<string, string>) => postForm(agent, `${path}/connections`, form, path);
const recheck = () => site.container.features.connections.api.recheck.due(new Date(Date.now() + 120_000));

async function stateOf({ tenantId }: Owner) {
  const { rows } = await site.sql.query(
    `SELECT state, failure_reason AS reason, proven_at IS NOT NULL AS proven,
       (SELECT count(*)::int FROM messages m WHERE m.connection_id = c.id) AS messages
     FROM connections c WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows[0];
}

async function customerWrites(to: GraphAccount): Promise<number> {
  const body = bytesOf(whatsappDelivery(to, whatsappMessage({ from: '998901234567', text: 'Is it ready?' }).value));
  const answer = await site
    .agent()
    .post('/webhooks/whatsapp')
    .set({ 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body, APP_SECRET) })
    .serialize((bytes) => bytes)
    .send(body);
  return answer.status;
}

test.each([
  ['Graph is down', { kind: 'html', status: 502 }],
  ['Graph limits calls (code 4)', { kind: 'error', status: 400, code: 4 }],
] as const)('while %s an invented claim receives nothing, and its owner takes it away with a proof', async (_what, fault) => {
  const { meta, form, invented } = account('whatsapp');
  const [thief, victim] = [await owner(), await owner()];
  graph.fault({ fault });
  expect((await connect(thief, invented)).status).toBe(303);
  expect(await customerWrites(meta)).toBe(200);
  expect(await stateOf(thief)).toMatchObject({ state: 'PENDING', proven: false, messages: 0 });

  graph.heal();
  expect((await connect(victim, form)).status).toBe(303);
  expect(await customerWrites(meta)).toBe(200);
  expect(await stateOf(victim)).toMatchObject({ state: 'ACTIVE', proven: true, messages: 1 });
  expect(await stateOf(thief)).toMatchObject({ state: 'FAILED', reason: 'claimed_elsewhere', messages: 0 });
  expect((await thief.agent.get(thief.path)).text).toContain('Another connection has proven that this account is its own.');
  expect((await connect(thief, invented)).status).toBe(422);
});

test('a refused claim receives nothing and frees the account', async () => {
  const { meta, form, invented } = account('whatsapp');
  const [thief, victim] = [await owner(), await owner()];
  graph.fault({ fault: { kind: 'html', status: 502 } });
  await connect(thief, invented);
  graph.heal();
  await recheck();
  await customerWrites(meta);
  expect(await stateOf(thief)).toMatchObject({ state: 'FAILED', reason: 'token_revoked', messages: 0 });
  expect((await connect(victim, form)).status).toBe(303);
});

test.each([
  'whatsapp',
  'instagram',
] as const)('%s: a token refused since its proof gives way to a proof, an unconfirmed one never takes', async (kind) => {
  const { meta, form, invented } = account(kind);
  const [first, next] = [await owner(), await owner()];
  await connect(first, form);
  expect((await connect(next, form)).status).toBe(422);
  graph.fault({ fault: { kind: 'html', status: 502 } });
  expect((await connect(next, invented)).status).toBe(422);
  graph.heal();
  await site.sql.query("UPDATE connections SET state = 'FAILED', failure_reason = 'token_revoked' WHERE account_id = $1", [
    meta.id,
  ]);
  expect((await connect(next, form)).status).toBe(303);
  expect(await stateOf(first)).toMatchObject({ reason: 'claimed_elsewhere', proven: false });
});

test('a proven connection that changes to an account it cannot prove receives for neither', async () => {
  const [own, foreign] = [account('whatsapp'), account('whatsapp')];
  const thief = await owner();
  await connect(thief, own.form);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE tenant_id = $1', [thief.tenantId]);
  graph.fault({ fault: { kind: 'html', status: 502 } });
  const path = `${thief.path}/connections/${rows[0]?.id}`;
  expect((await postForm(thief.agent, path, foreign.invented, thief.path)).status).toBe(303);
  await customerWrites(foreign.meta);
  expect(await stateOf(thief)).toMatchObject({ state: 'PENDING', proven: false, messages: 0 });
});

test('Telegram: an invented token of a known bot does not block its owner', async () => {
  const bot = telegram.addBot({ token: aToken(++lastId) });
  const [thief, victim] = [await owner(), await owner()];
  telegram.fault({ method: 'getMe', fault: { kind: 'html', status: 502 } });
  const telegramToken = `${lastId}:${'Z'.repeat(35)}`;
  expect((await connect(thief, { platform: 'telegram', telegramToken })).status).toBe(303);
  expect(await stateOf(thief)).toMatchObject({ state: 'PENDING', proven: false });
  telegram.heal();
  expect((await connect(victim, { platform: 'telegram', telegramToken: bot.token })).status).toBe(303);
  expect(await stateOf(thief)).toMatchObject({ state: 'FAILED', reason: 'claimed_elsewhere' });
  expect(await stateOf(victim)).toMatchObject({ proven: true });
});

const LONG_AGO =
  "enabled = false, state = 'INACTIVE', state_changed_at = now() - interval '8 days', last_inbound_at = now() - interval '9 days'";

test.each([
  ['stopped for a week', LONG_AGO, 303],
  ['stopped for six days', LONG_AGO.replace('8', '6'), 422],
  ['stopped for a week, with a message of yesterday', LONG_AGO.replace('9', '1'), 422],
  ['at work without messages for a week', LONG_AGO.replace('false', 'true').replace('INACTIVE', 'ACTIVE'), 422],
  [
    'failed for a week as its plan has ended',
    LONG_AGO.replace("'INACTIVE'", "'FAILED', failure_reason = 'plan_limit'").replace('false', 'true'),
    303,
  ],
])('a proven account %s: another proof takes it only if unused, and who loses it is told', async (_what, values, status) => {
  const { meta, form } = account('whatsapp');
  const [first, next] = [await owner(), await owner()];
  await connect(first, form);
  await site.sql.query(`UPDATE connections SET ${values} WHERE account_id = $1`, [meta.id]);
  expect((await connect(next, form)).status).toBe(status);
  await site.container.jobs.everyMinute();
  await site.container.jobs.everyMinute();
  const isLost = status === 303;
  expect((await stateOf(first))?.['proven']).toBe(!isLost);
  const told = (await site.mails()).filter(({ to, text }) => to === first.email && /Another connection has proven/.test(text));
  expect(told).toHaveLength(isLost ? 1 : 0);
  if (!isLost) return;
  expect((await stateOf(first))?.['reason']).toBe('claimed_elsewhere');
  // Starting it again takes nothing back.
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE tenant_id = $1', [first.tenantId]);
  await postForm(first.agent, `${first.path}/connections/${rows[0]?.id}/start`, {}, first.path);
  await recheck();
  expect(await stateOf(first)).toMatchObject({ proven: false });
  expect(await stateOf(next)).toMatchObject({ state: 'ACTIVE', proven: true });
});

test('of a holder that starts again and two processes that prove its account at once, one has it, again and again', async () => {
  const second = await site.another();
  try {
    const [holder, here, there] = [await owner(), await owner(), await owner(second.agent())];
    for (let round = 0; round < rounds(5); round++) {
      const { meta, form } = account('whatsapp');
      await connect(holder, form);
      const { rows } = await site.sql.query<{ id: string }>(
        `UPDATE connections SET ${LONG_AGO} WHERE account_id = $1 RETURNING id`,
        [meta.id],
      );
      await Promise.all([
        postForm(holder.agent, `${holder.path}/connections/${rows[0]?.id}/start`, {}, holder.path),
        connect(here, form),
        connect(there, form),
      ]);
      await recheck();
      const proven = await site.sql.query('SELECT 1 FROM connections WHERE account_id = $1 AND proven_at IS NOT NULL', [meta.id]);
      expect(proven.rows).toHaveLength(1);
      await site.sql.query('DELETE FROM connections WHERE account_id = $1', [meta.id]);
    }
  } finally {
    await second.close();
  }
});

test('of two processes that prove one account at once one has it, again and again', async () => {
  const second = await site.another();
  try {
    const owners = [await owner(), await owner(second.agent()), await owner(), await owner(second.agent())];
    const tokens = await Promise.all(owners.map(async ({ agent, path }) => csrfOf((await agent.get(path)).text)));
    for (let round = 0; round < rounds(10); round++) {
      const { meta, form, invented } = account('whatsapp');
      const send = ({ agent, path }: Owner, i: number) =>
        agent
          .post(`${path}/connections`)
          .type('form')
          .send({ ...(i === 0 ? invented : form), _csrf: tokens[i] as string });
      const statuses = (await Promise.all(owners.map(send))).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([303, 422, 422, 422]);
      const { rows } = await site.sql.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM connections WHERE account_id = $1 AND proven_at IS NOT NULL',
        [meta.id],
      );
      expect(rows[0]?.n).toBe(1);
      await site.sql.query('DELETE FROM connections WHERE account_id = $1', [meta.id]);
    }
  } finally {
    await second.close();
  }
});
