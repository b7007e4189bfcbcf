import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';

const VERIFY_TOKEN = 'verify-me-please';

let site: TestApp;
let graph: GraphEmulator;
beforeAll(async () => {
  graph = await startGraphEmulator();
  site = await testApp({ META_GRAPH_URL: graph.url, META_VERIFY_TOKEN: VERIFY_TOKEN, PUBLIC_URL: 'https://bots.example' });
});
afterAll(async () => {
  await site.close();
  await graph.close();
});
beforeEach(() => graph.heal());

let lastId = 500_000_000;
const kinds = ['whatsapp', 'instagram'] as const;

function account(kind: (typeof kinds)[number]): { account: GraphAccount; form: Record<string, string> } {
  const id = String(++lastId);
  const spec = { id, token: `TOKEN-${id}-wxyz`, appSecret: `SECRET-${id}` };
  return {
    account: kind === 'whatsapp' ? graph.addNumber(spec) : graph.addInstagram(spec),
    form:
      kind === 'whatsapp'
        ? { platform: kind, whatsappAccessToken: spec.token, whatsappPhoneNumberId: id, whatsappAppSecret: spec.appSecret }
        : { platform: kind, instagramAccessToken: spec.token, instagramAccountId: id, instagramAppSecret: spec.appSecret },
  };
}

/** Of a plan with every channel, reading English. */
async function owner() {
  const made = await newOwner(site);
  await site.sql.query("UPDATE subscriptions SET type = 'BASIC' WHERE tenant_id = $1", [made.tenantId]);
  await postForm(made.agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
  return made;
}

async function rowOf(path: string) {
  const { rows } = await site.sql.query<Record<string, unknown>>(
    `SELECT id, platform, account_id AS account, state, failure_reason AS reason, display_name AS name, username, enabled,
       sealed_secrets AS sealed, secret_last4 AS last4, verified_at AS verified FROM connections WHERE bot_id = $1 ORDER BY id DESC LIMIT 1`,
    [idOf(path)],
  );
  return rows[0] as Record<string, never>;
}

const connect = (agent: Agent, path: string, form: Record<string, string>) => postForm(agent, `${path}/connections`, form, path);

test.each(
  kinds,
)('%s: checked at the platform, the bot is connected and working, its secrets sealed and never shown', async (kind) => {
  const { agent, tenantId } = await owner();
  const { form, account: meta } = account(kind);
  const path = await makeBot(agent, { ...form, telegramToken: '' });

  const row = await rowOf(path);
  expect(row).toMatchObject({ platform: kind, account: meta.id, state: 'ACTIVE', reason: null, name: meta.name, last4: 'wxyz' });
  expect(row['sealed']).not.toContain(meta.token);
  const page = (await agent.get(path)).text;
  expect(page).toContain(meta.name);
  expect(page).toContain('•••• wxyz');
  for (const secret of [meta.token, meta.appSecret]) expect(page).not.toContain(secret);
  const lines = await site.sql.query('SELECT details::text FROM audit_lines WHERE tenant_id = $1', [tenantId]);
  expect(JSON.stringify(lines.rows)).not.toContain(meta.token);
});

test.each(kinds)('%s: until its platform has called us, the connection and its bot say what is left to do', async (kind) => {
  const { agent } = await owner();
  const { form } = account(kind);
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const badges = async () => (await agent.get(path)).text.match(/(?<=class="status status--)[^<]+/g);
  const inList = async () => (await agent.get('/bots')).text.includes('finish at Meta');

  expect([await badges(), await inList()]).toEqual([Array(2).fill('warn">finish at Meta'), true]);
  await site.sql.query('UPDATE connections SET verified_at = now() WHERE bot_id = $1', [idOf(path)]);
  expect([await badges(), await inList()]).toEqual([Array(2).fill('ok">working'), false]);
});

test('Instagram is asked to deliver the account’s messages when it is connected, and again by a button', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('instagram');
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  await graph.waitFor(() => meta.subscribed?.includes('messages'), 'the subscription');
  meta.subscribed = null;
  const again = async () => {
    const done = await postForm(agent, `${path}/connections/${(await rowOf(path))['id']}/subscribe`, {}, path);
    return [done.status, (await agent.get(path)).text.match(/(?<=<p>)(Meta delivers this|The platform no longer)/)?.[0]];
  };

  expect(await again()).toEqual([303, 'Meta delivers this']);
  expect(meta.subscribed).toContain('messaging_postbacks');
  meta.revoked = true;
  expect(await again()).toEqual([303, 'The platform no longer']);
});

test('WhatsApp numbers are subscribed at Meta, so there is no such button', async () => {
  const { agent } = await owner();
  const path = await makeBot(agent, { ...account('whatsapp').form, telegramToken: '' });
  const id = (await rowOf(path))['id'];

  expect((await agent.get(path)).text).not.toContain('/subscribe"');
  expect((await postForm(agent, `${path}/connections/${id}/subscribe`, {}, path)).status).toBe(404);
});

test('what the health card says of an error stands out, and says what to do unless the failure above does', async () => {
  const { agent } = await owner();
  const path = await makeBot(agent, { ...account('whatsapp').form, telegramToken: '' });
  const fail = (columns: string) => site.sql.query(`UPDATE connections SET ${columns} WHERE bot_id = $1`, [idOf(path)]);
  const remedies = async () => (await agent.get(path)).text.match(/Add or repair the payment method/g);
  await fail("last_error = 'payment_required', last_error_at = now()");
  expect((await agent.get(path)).text).toContain('is-warn');
  expect(await remedies()).toHaveLength(1);
  await fail("state = 'FAILED', failure_reason = 'token_revoked'");
  expect(await remedies()).toBeNull();
});

test.each([
  ['whatsapp', 'a token Meta does not know', { whatsappAccessToken: 'EAA-unknown' }, 'whatsappAccessToken'],
  ['whatsapp', 'a number the token has no access to', { whatsappPhoneNumberId: '999999' }, 'whatsappPhoneNumberId'],
  ['whatsapp', 'a phone number in place of its id', { whatsappPhoneNumberId: '+998 90' }, 'whatsappPhoneNumberId'],
  ['whatsapp', 'no app secret', { whatsappAppSecret: '' }, 'whatsappAppSecret'],
  ['instagram', 'a token Meta does not know', { instagramAccessToken: 'IGAA-unknown' }, 'instagramAccessToken'],
  ['instagram', "another account's id", { instagramAccountId: '999999' }, 'instagramAccountId'],
  ['instagram', 'a name in place of the id', { instagramAccountId: '@oltin.non' }, 'instagramAccountId'],
  ['instagram', 'no token', { instagramAccessToken: '' }, 'instagramAccessToken'],
] as const)('%s: %s comes back at its field', async (kind, _what, change, field) => {
  const { agent } = await owner();
  const path = await makeBot(agent);
  const { form, account: meta } = account(kind);
  const answer = await connect(agent, path, { ...form, ...change });

  expect(answer.status).toBe(422);
  expect(answer.text).toContain(`id="${field}-error"`);
  expect(answer.text.match(/class="field__error"/g)).toHaveLength(1);
  expect(answer.text).not.toContain(meta.token);
  expect(await rowOf(path)).toBeUndefined();
});

test.each(kinds)('%s: while Meta does not answer the connection waits, and works after the next check', async (kind) => {
  const { agent } = await owner();
  const { form } = account(kind);
  const path = await makeBot(agent);
  graph.fault({ fault: { kind: 'html', status: 502 } });
  expect((await connect(agent, path, form)).status).toBe(303);
  expect(await rowOf(path)).toMatchObject({ state: 'PENDING', reason: 'unreachable' });

  graph.heal();
  await site.container.features.connections.api.recheck.due(new Date());
  expect(await rowOf(path)).toMatchObject({ state: 'PENDING' });
  await site.container.features.connections.api.recheck.due(new Date(Date.now() + 60_000));
  expect(await rowOf(path)).toMatchObject({ state: 'ACTIVE', reason: null, name: 'Oltin Non' });
});

test.each(kinds)('%s: an empty secret keeps the stored one, a wrong one changes nothing', async (kind) => {
  const { agent } = await owner();
  const { form, account: meta } = account(kind);
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const before = await rowOf(path);
  const edit = (fields: Record<string, string>) => postForm(agent, `${path}/connections/${before['id']}`, fields, path);
  const [secret] = kind === 'whatsapp' ? ['whatsappAccessToken'] : ['instagramAccessToken'];

  expect((await edit({ platform: kind, [secret as string]: '' })).status).toBe(303);
  expect(await rowOf(path)).toEqual(before);
  expect((await edit({ [secret as string]: 'wrong-token' })).status).toBe(422);
  expect(await rowOf(path)).toEqual(before);

  meta.token = `NEW-${meta.id}-5678`;
  expect((await edit({ [secret as string]: meta.token })).status).toBe(303);
  expect(await rowOf(path)).toMatchObject({ state: 'ACTIVE', last4: '5678', account: meta.id });
});

test('an account is connected once, in words at the account that do not say who has it', async () => {
  const { form } = account('whatsapp');
  await makeBot((await owner()).agent, { ...form, telegramToken: '' });
  const { agent } = await owner();
  const answer = await connect(agent, await makeBot(agent), form);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('id="whatsappPhoneNumberId-error"');
});

test.each(kinds)('%s: the page shows what to paste at Meta and ticks the handshake and the first message', async (kind) => {
  const { agent } = await owner();
  const { form, account: meta } = account(kind);
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const page = (await agent.get(path)).text;
  expect(page).toContain(`https://bots.example/webhooks/${kind}`);
  expect(page).toContain(VERIFY_TOKEN);
  expect(page.match(/class="is-done"/g)).toBeNull();
  const status = (await agent.get(`${path}/status`)).body;
  expect(status).toMatchObject({ waiting: true });

  const handshake = await site
    .agent()
    .get(`/webhooks/${kind}`)
    .query({ 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '42' });
  expect(handshake.text).toBe('42');
  const verified = await vi.waitUntil(async () => {
    const { text } = await agent.get(path);
    return text.includes('is-done') && text;
  });
  expect(verified.match(/class="is-done"/g)).toHaveLength(1);
  expect(verified).toContain('Verified');
  expect((await agent.get(`${path}/status`)).body.version).not.toBe(status.version);

  await site.sql.query('UPDATE connections SET first_message_at = now(), last_inbound_at = now() WHERE account_id = $1', [
    meta.id,
  ]);
  const done = (await agent.get(path)).text;
  expect(done.match(/class="is-done"/g)).toHaveLength(2);
  expect(done).not.toContain('none yet');
});

test('without a public address the page says that one is needed', async () => {
  const local = await testApp({ META_GRAPH_URL: graph.url });
  try {
    const { agent, tenantId } = await newOwner(local);
    await local.sql.query("UPDATE subscriptions SET type = 'PREMIUM' WHERE tenant_id = $1", [tenantId]);
    const path = await makeBot(agent, { ...account('whatsapp').form, telegramToken: '' });
    expect((await agent.get(path)).text).toContain('PUBLIC_URL');
  } finally {
    await local.close();
  }
});

test("what the site has a value for may stay empty; the site's value is used, not copied", async () => {
  const { account: meta } = account('whatsapp');
  const shared = await testApp({
    META_GRAPH_URL: graph.url,
    WHATSAPP_ACCESS_TOKEN: meta.token,
    WHATSAPP_APP_SECRET: meta.appSecret,
  });
  try {
    const { agent, tenantId } = await newOwner(shared);
    await shared.sql.query("UPDATE subscriptions SET type = 'BASIC' WHERE tenant_id = $1", [tenantId]);
    const form = { platform: 'whatsapp', whatsappAccessToken: '', whatsappPhoneNumberId: meta.id, whatsappAppSecret: '' };
    const path = await makeBot(agent, { ...form, telegramToken: '' });
    const page = (await agent.get(path)).text;
    expect(page).toContain(meta.name);
    expect(page).not.toContain(meta.token);
    const { rows } = await shared.sql.query<{ id: string; tenantId: string; sealedSecrets: string; last4: string }>(
      'SELECT id, tenant_id AS "tenantId", sealed_secrets AS "sealedSecrets", secret_last4 AS last4 FROM connections WHERE bot_id = $1',
      [idOf(path)],
    );
    const [row] = rows;
    expect(row?.last4).toBe('');
    expect(shared.container.secrets.openCredentials(row as never)).toEqual({ whatsappPhoneNumberId: meta.id });
  } finally {
    await shared.close();
  }
});

test('starting again asks Meta at once: a revoked token fails, a good one works', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const { id } = await rowOf(path);
  const act = (name: string) => postForm(agent, `${path}/connections/${id}/${name}`, {}, path);
  await act('stop');
  expect(await rowOf(path)).toMatchObject({ state: 'INACTIVE', enabled: false });

  meta.revoked = true;
  expect((await act('start')).status).toBe(303);
  expect(await rowOf(path)).toMatchObject({ state: 'FAILED', reason: 'token_revoked' });
  meta.revoked = false;
  expect((await act('start')).status).toBe(303);
  expect(await rowOf(path)).toMatchObject({ state: 'ACTIVE', reason: null });
});

test("another tenant's connection is not there", async () => {
  const path = await makeBot((await owner()).agent, { ...account('instagram').form, telegramToken: '' });
  const { id } = await rowOf(path);
  const { agent } = await owner();
  for (const act of ['', '/start', '/stop', '/delete']) {
    expect((await postForm(agent, `${path}/connections/${id}${act}`, {}, '/bots')).status).toBe(404);
  }
  expect(await rowOf(path)).toMatchObject({ state: 'ACTIVE' });
});
