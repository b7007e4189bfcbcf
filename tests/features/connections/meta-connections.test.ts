import request from 'supertest';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { bytesOf, signatureOf } from '../../support/graph-emulator/sender.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';

const HOUR_MS = 3_600_000;
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

/** An owner who reads English, with a plan for every channel. */
async function owner() {
  const made = await newOwner(site);
  await site.sql.query("UPDATE subscriptions SET type = 'BASIC' WHERE tenant_id = $1", [made.tenantId]);
  await postForm(made.agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
  return made;
}

async function rowOf(path: string) {
  const { rows } = await site.sql.query<Record<string, unknown>>(
    `SELECT id, platform, account_id AS account, state, failure_reason AS reason, display_name AS name, username, enabled,
       sealed_secrets AS sealed, secret_last4 AS last4, verified_at AS verified
       FROM connections WHERE bot_id = $1 ORDER BY id DESC LIMIT 1`,
    [idOf(path)],
  );
  return rows[0] as Record<string, never>;
}

const connect = (agent: Agent, path: string, form: Record<string, string>) => postForm(agent, `${path}/connections`, form, path);

test.each(kinds)('%s: after the platform’s check the bot is active, its secrets sealed and never shown', async (kind) => {
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

test.each(kinds)('%s: until the platform’s first call the connection and its bot show the next step', async (kind) => {
  const { agent } = await owner();
  const { form } = account(kind);
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const badges = async () => (await agent.get(path)).text.match(/(?<=class="status status--)[^<]+/g);
  const inList = async () => (await agent.get('/bots')).text.includes('finish at Meta');

  expect([await badges(), await inList()]).toEqual([Array(2).fill('warn">finish at Meta'), true]);
  await site.sql.query('UPDATE connections SET verified_at = now() WHERE bot_id = $1', [idOf(path)]);
  expect([await badges(), await inList()]).toEqual([Array(2).fill('ok">working'), false]);
});

test('Instagram is subscribed on connecting, and again by a button', async () => {
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

test.each([
  ['one account', ['9', 'own'], true],
  ['several accounts', ['777', 'own'], true],
  ['no account', [], false],
])('WhatsApp: a token that names %s', async (_what, named, isFound) => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  meta.namedBusinesses = named.map((id) => (id === 'own' ? meta.businessId : id)).filter((id) => id.length > 2);
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const page = (await agent.get(path)).text;

  expect(meta.subscribed).toEqual(isFound ? ['messages'] : null);
  expect(page.includes(`value="${meta.businessId}"`)).toBe(isFound);
  expect(page.includes('Subscribed: Meta agreed')).toBe(isFound);
  expect(page.includes('Meta has not agreed')).toBe(!isFound);
});

test.each([
  ['a PIN of its own', '482915', null, true],
  ['the PIN of its two-step verification', '100200', '100200', true],
  ['another PIN than that', '100200', '300400', 'did not register'],
  ['no PIN', '', null, 'not registered yet'],
  ['five digits', '12345', null, 'consists of six digits'],
  ['letters', 'secret', null, 'consists of six digits'],
])('WhatsApp: a number that is not registered, with %s', async (_, pin, known, outcome) => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  Object.assign(meta, { registered: false, pin: known });
  const answer = await postForm(
    agent,
    '/bots',
    { name: 'Aida', systemPrompt: 'Be kind.', ...form, whatsappPin: pin },
    '/bots/new',
  );

  expect([answer.status, meta.registered]).toEqual(outcome === true ? [303, true] : [422, false]);
  if (outcome !== true) expect(answer.text).toContain(outcome);
  expect(answer.text).not.toContain(`value="${pin || null}"`);
  const { rows } = await site.sql.query('SELECT sealed_secrets FROM connections WHERE account_id = $1', [meta.id]);
  expect(rows).toHaveLength(outcome === true ? 1 : 0);
});

test('WhatsApp: a number that Meta no longer has registered fails with the remedy, and a PIN brings it back', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const at = `${path}/connections/${(await rowOf(path))['id']}`;
  meta.registered = false;
  for (const act of ['stop', 'start']) await postForm(agent, `${at}/${act}`, {}, path);
  expect((await agent.get(path)).text).toContain('we register the number with it');

  expect((await postForm(agent, at, { whatsappPin: '112233' }, path)).status).toBe(303);
  expect([meta.registered, (await rowOf(path))['state']]).toEqual([true, 'ACTIVE']);
  const opened = await site.sql.query<{ parent: string }>(
    'SELECT parent_account_id AS parent FROM connections WHERE account_id = $1',
    [meta.id],
  );
  expect(opened.rows).toEqual([{ parent: meta.businessId }]);
});

test('WhatsApp: an account that is entered later is checked, stored and subscribed; the button asks again', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  meta.namedBusinesses = [];
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const at = `${path}/connections/${(await rowOf(path))['id']}`;
  const enter = (id: string) => postForm(agent, at, { whatsappBusinessAccountId: id }, path);
  const subscribe = async () => {
    await postForm(agent, `${at}/subscribe`, {}, path);
    return (await agent.get(path)).text;
  };

  expect(await subscribe()).toContain('Meta did not tell which WhatsApp Business account');
  for (const [id, error] of [
    ['x', 'consists of digits only'],
    ['123456', 'does not have this phone number'],
  ] as const) {
    const refused = await enter(id);
    expect([refused.status, refused.text.includes(error)]).toEqual([422, true]);
  }
  expect([(await enter(meta.businessId)).status, meta.subscribed]).toEqual([303, ['messages']]);
  graph.fault({ accountId: meta.id, path: 'subscribed_apps', method: 'POST', times: 1, fault: { kind: 'error', code: 100 } });
  await site.sql.query('UPDATE connections SET last_inbound_at = NULL WHERE bot_id = $1', [idOf(path)]);
  expect(await subscribe()).toContain('Meta has not agreed');
  expect(await subscribe()).toContain('Subscribed: Meta agreed');
});

test('WhatsApp: a subscription that Meta dropped shows when the card is opened, and the button mends it', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  await site.sql.query('UPDATE connections SET last_inbound_at = now() WHERE bot_id = $1', [idOf(path)]);
  meta.subscribed = null;
  expect((await agent.get(path)).text).toContain('Meta has not agreed');

  await postForm(agent, `${path}/connections/${(await rowOf(path))['id']}/subscribe`, {}, path);
  expect(meta.subscribed).toEqual(['messages']);
  expect((await agent.get(path)).text).toContain('Subscribed: Meta agreed');

  const looks = () => meta.requests.filter(({ method, path: of }) => method === 'GET' && /subscribed_apps/.test(of)).length;
  const before = looks();
  await agent.get(path);
  expect(looks()).toBe(before);
});

test('WhatsApp: while Meta cannot tell, the card shows what was noted', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('whatsapp');
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  graph.fault({ accountId: meta.id, path: 'subscribed_apps', method: 'GET', fault: { kind: 'html', status: 502 } });
  expect((await agent.get(path)).text).toContain('Subscribed: Meta agreed');
});

test('a subscription that Meta dropped is asked for again after an hour; a refusal shows on the card', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('instagram');
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const hourly = (ms: number) => site.container.features.connections.jobs.hourly(new Date(Date.now() + ms));
  meta.subscribed = null;
  await hourly(HOUR_MS / 2);
  expect(meta.subscribed).toBeNull();
  await hourly(HOUR_MS);
  expect(meta.subscribed).toContain('messages');

  graph.fault({ accountId: meta.id, path: 'subscribed_apps', fault: { kind: 'error', code: 100 } });
  await hourly(50 * HOUR_MS);
  expect((await agent.get(path)).text).toContain('Meta has not agreed');
});

test('Instagram: deliveries signed by either app secret are taken, and pages show the end of both', async () => {
  const { agent } = await owner();
  const { form, account: meta } = account('instagram');
  const path = await makeBot(agent, { ...form, telegramToken: '', instagramMetaAppSecret: 'META-SECRET-7890' });
  const body = bytesOf({ object: 'instagram', entry: [{ id: meta.id, time: 1, messaging: [] }] });
  const statusOf = async (secret: string) =>
    (await request(site.app).post('/webhooks/instagram').set('X-Hub-Signature-256', signatureOf(body, secret)).send(body)).status;

  expect(await Promise.all([meta.appSecret, 'META-SECRET-7890', 'another-secret'].map(statusOf))).toEqual([200, 200, 401]);
  const page = (await agent.get(path)).text;
  for (const last4 of ['wxyz', meta.appSecret.slice(-4), '7890']) expect(page).toContain(`placeholder="•••• ${last4}"`);
  for (const secret of [meta.appSecret, 'META-SECRET-7890']) expect(page).not.toContain(secret);
});

test('an optional secret is emptied again by its tick; a new value in the field wins', async () => {
  const { agent } = await owner();
  const { form } = account('instagram');
  const path = await makeBot(agent, { ...form, telegramToken: '', instagramMetaAppSecret: 'META-SECRET-7890' });
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE bot_id = $1', [idOf(path)]);
  const edit = (fields: Record<string, string>) => postForm(agent, `${path}/connections/${rows[0]?.id}`, fields, path);
  const shown = async () => (await agent.get(path)).text;
  expect(await shown()).toContain('name="remove_instagramMetaAppSecret"');

  expect((await edit({ remove_instagramMetaAppSecret: '1', instagramMetaAppSecret: 'META-SECRET-5555' })).status).toBe(303);
  expect(await shown()).toContain('•••• 5555');
  expect((await edit({ remove_instagramMetaAppSecret: '1' })).status).toBe(303);
  expect(await shown()).not.toContain('•••• 5555');
  expect(await shown()).not.toContain('name="remove_instagramMetaAppSecret"');
  expect((await edit({ remove_instagramAccessToken: '1' })).status).toBe(422);
});

test('the health card highlights an error with its remedy, unless the failure above has it', async () => {
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

test.each(kinds)('%s: without an answer of Meta the connection waits and works after the next check', async (kind) => {
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

test('an account is connected once, and the refusal at the account does not name its owner', async () => {
  const { form } = account('whatsapp');
  await makeBot((await owner()).agent, { ...form, telegramToken: '' });
  const { agent } = await owner();
  const answer = await connect(agent, await makeBot(agent), form);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('id="whatsappPhoneNumberId-error"');
});

test.each(kinds)('%s: the page shows the values for Meta and ticks the handshake and the first message', async (kind) => {
  const { agent } = await owner();
  const { form, account: meta } = account(kind);
  const path = await makeBot(agent, { ...form, telegramToken: '' });
  const page = (await agent.get(path)).text;
  expect(page).toContain(`https://bots.example/webhooks/${kind}`);
  expect(page).not.toContain(VERIFY_TOKEN);
  const token = /<code class="break copied">([0-9a-f]{64})</.exec(page)?.[1] as string;
  expect(page.match(/class="is-done"/g)).toHaveLength(1);
  const status = (await agent.get(`${path}/status`)).body;
  expect(status).toMatchObject({ waiting: true });

  const handshake = await site
    .agent()
    .get(`/webhooks/${kind}`)
    .query({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '42' });
  expect(handshake.text).toBe('42');
  const verified = await vi.waitUntil(async () => {
    const { text } = await agent.get(path);
    return text.includes('Verified') && text;
  }, 60_000);
  expect(verified.match(/class="is-done"/g)).toHaveLength(2);
  expect(verified).toContain('Verified');
  expect((await agent.get(`${path}/status`)).body.version).not.toBe(status.version);

  await site.sql.query('UPDATE connections SET first_message_at = now(), last_inbound_at = now() WHERE account_id = $1', [
    meta.id,
  ]);
  const done = (await agent.get(path)).text;
  expect(done.match(/class="is-done"/g)).toHaveLength(3);
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

test('a field with an installation value may stay empty; the value is used, not copied', async () => {
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
      `SELECT id, tenant_id AS "tenantId", sealed_secrets AS "sealedSecrets", secret_last4 AS last4
       FROM connections WHERE bot_id = $1`,
      [idOf(path)],
    );
    const [row] = rows;
    expect(row?.last4).toBe('');
    expect(shared.container.secrets.openCredentials(row as never)).toEqual({
      whatsappPhoneNumberId: meta.id,
      whatsappBusinessAccountId: meta.businessId,
    });
  } finally {
    await shared.close();
  }
});

test('a start checks at Meta at once: a revoked token fails, a valid one works', async () => {
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

test("another tenant's connection is 404", async () => {
  const path = await makeBot((await owner()).agent, { ...account('instagram').form, telegramToken: '' });
  const { id } = await rowOf(path);
  const { agent } = await owner();
  for (const act of ['', '/start', '/stop', '/delete']) {
    expect((await postForm(agent, `${path}/connections/${id}${act}`, {}, '/bots')).status).toBe(404);
  }
  expect(await rowOf(path)).toMatchObject({ state: 'ACTIVE' });
});
