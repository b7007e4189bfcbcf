import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type Agent, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { newOwner } from '../../support/owner.ts';

let site: TestApp;
let admin: Agent;
let adminName: string;
beforeAll(async () => {
  site = await testApp();
  admin = site.agent();
  adminName = (await register(admin)).username;
  await site.sql.query('UPDATE users SET is_admin = true WHERE username = $1', [adminName]);
  await english(admin);
});
afterAll(() => site.close());

const english = (agent: Agent) => postForm(agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
const act = (agent: Agent, path: string, fields: Record<string, string> = {}) => postForm(agent, path, fields, '/account');
const one = async <T>(text: string, values: unknown[]): Promise<T> => (await site.sql.query(text, values)).rows[0] as T;

async function person() {
  const owner = await newOwner(site);
  await english(owner.agent);
  const { id } = await one<{ id: string }>('SELECT id FROM users WHERE email = $1', [owner.email]);
  return { ...owner, id, page: `/admin/users/${id}` };
}

describe('who may see it', () => {
  test.each([
    '/admin',
    '/admin/users',
    '/admin/bots',
    '/admin/audit',
  ])('%s: 200 for admins, 404 for owners, /login for visitors', async (path) => {
    const { agent } = await person();
    expect((await admin.get(path)).status).toBe(200);
    expect((await agent.get(path)).status).toBe(404);
    expect((await site.agent().get(path)).headers['location']).toContain('/login?returnTo=');
  });

  test('the verify token of the webhooks is on the admins’ page only', async () => {
    const token = site.container.env.META_VERIFY_TOKEN;
    const { agent } = await person();
    expect((await admin.get('/admin')).text).toContain(token);
    expect((await agent.get('/dashboard')).text).not.toContain(token);
  });

  test.each([
    ['en', 'Google does not serve the AI in the country where this site runs.', 'The operator of the site has to link a billing'],
    ['ru', 'Google не предоставляет ИИ в стране, где работает этот сайт.', 'Оператору сайта нужно привязать к ключу ИИ'],
    ['uz', 'Google bu sayt ishlayotgan mamlakatda', 'Sayt operatori sunʼiy intellekt kalitiga'],
  ])('in %s the failures of the AI are told in words, with what to do', async (language, reason, remedy) => {
    const { tenantId } = await person();
    const chat = await below({ tenantId }).withBot().withCustomer().in(site);
    for (const failure of ['location_refused', 'billing_required', 'cost_ceiling'])
      await addMessage(site, chat, { direction: 'out', text: 'x', mode: 'fallback', reason: failure });
    // Another process, which has not counted yet.
    const fresh = await testApp({}, site);
    const agent = fresh.agent();
    await login(agent, adminName, PASSWORD);
    await postForm(agent, '/language', { language, returnTo: '/dashboard' }, '/dashboard');
    const { text } = await agent.get('/admin');
    await fresh.close();
    await english(admin);

    expect(text).toContain(reason);
    expect(text).toContain(remedy);
    expect(text).not.toMatch(/location_refused|billing_required|cost_ceiling/);
  });

  test('the first page reports a missing AI key and never shows the key', async () => {
    expect((await admin.get('/admin')).text).toContain('No GEMINI_API_KEY is set');
    const key = 'a-key-of-the-ai-that-nobody-sees';
    const withKey = await testApp({ GEMINI_API_KEY: key }, site);
    const agent = withKey.agent();
    await login(agent, adminName, PASSWORD);
    const { status, text } = await agent.get('/admin');
    expect([status, text.includes('GEMINI_API_KEY'), text.includes(key)]).toEqual([200, false, false]);
    await withKey.close();
  });

  test('customers’ messages are on no admin page', async () => {
    const { tenantId, page } = await person();
    const chat = below({ tenantId }).withBot().withCustomer({ firstName: 'Zarafshon' });
    const { botId, conversationId } = await chat.withMessages({ direction: 'in', text: 'My secret order' }).in(site);
    const pages = [page, '/admin', '/admin/users', '/admin/bots', '/admin/audit'];
    for (const path of pages) expect((await admin.get(path)).text).not.toMatch(/Zarafshon|My secret order/);
    expect((await admin.get(`/bots/${botId}/conversations/${conversationId}`)).status).toBe(404);
  });
});

describe('people', () => {
  test('are found by name, plan and state, page by page', async () => {
    const suspended = await person();
    await site.sql.query('UPDATE users SET suspended_at = now() WHERE id = $1', [suspended.id]);
    expect((await admin.get(`/admin/users?q=${encodeURIComponent(suspended.email)}`)).text).toContain(suspended.id);
    expect((await admin.get('/admin/users?state=suspended')).text).toContain(suspended.id);
    expect((await admin.get('/admin/users?state=active')).text).not.toContain(suspended.id);
    expect((await admin.get(`/admin/users?plan=PREMIUM&q=${suspended.email}`)).text).not.toContain(suspended.id);
    expect((await admin.get('/admin/users?q=100%25')).text).toContain('Nothing was found');

    await site.sql.query(
      `INSERT INTO users (id, username, username_key, email, email_key, password_hash)
       SELECT ('01890000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bulk' || n, 'bulk' || n, 'b' || n || '@x', 'b' || n || '@x', 'x'
       FROM generate_series(1, 70) n`,
    );
    const seen: string[] = [];
    for (let path: string | undefined = '/admin/users?q=bulk'; path; ) {
      const { text } = await admin.get(path);
      seen.push(...[...text.matchAll(/>(bulk\d+)</g)].map(([, name]) => name as string));
      path = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect([seen.length, new Set(seen).size]).toEqual([70, 70]);
  });

  test('an unknown person is 404', async () => {
    expect((await admin.get(`/admin/users/${newId()}`)).status).toBe(404);
    expect((await admin.get('/admin/users/nobody')).status).toBe(404);
    expect((await act(admin, `/admin/users/${newId()}/suspend`)).status).toBe(404);
  });
});

describe('a plan', () => {
  const current = (tenantId: string) =>
    one<Record<string, unknown>>(
      'SELECT type, max_bots AS bots, max_messages_per_month AS answers, ends_at AS ends FROM subscriptions WHERE tenant_id = $1 AND active',
      [tenantId],
    );

  test('has its own or other limits until the end of its last day in the business’s zone', async () => {
    const { tenantId, page } = await person();
    expect((await act(admin, `${page}/subscription`, { subscriptionType: 'BASIC', endDate: '', maxBots: '' })).status).toBe(303);
    expect(await current(tenantId)).toEqual({ type: 'BASIC', bots: 5, answers: 5000, ends: null });

    const own = { subscriptionType: 'BASIC', endDate: '2030-05-31', maxBots: '9', maxMessagesPerMonth: '12345' };
    expect((await act(admin, `${page}/subscription`, own)).status).toBe(303);
    expect(await current(tenantId)).toEqual({ type: 'BASIC', bots: 9, answers: 12345, ends: new Date('2030-05-31T19:00:00Z') });
    const { text } = await admin.get(page);
    for (const value of ['value="2030-05-31"', 'value="9"', 'value="12345"', 'subscription.changed'])
      expect(text).toContain(value);
    const { periods } = await one<{ periods: number }>('SELECT count(*) AS periods FROM subscriptions WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(periods).toBe(3);
  });

  test.each([
    ['another plan', { subscriptionType: 'GOLD' }],
    ['no plan', {}],
    ['a day that is none', { subscriptionType: 'FREE', endDate: '2030-02-30' }],
    ['a negative number', { subscriptionType: 'FREE', maxBots: '-1' }],
    ['a number too large', { subscriptionType: 'FREE', maxMessagesPerMonth: '99999999' }],
  ])('with %s is refused with the input kept', async (_what, fields) => {
    const { page } = await person();
    const refused = await act(admin, `${page}/subscription`, fields);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('error-summary');
  });

  test('with fewer bots stops the newest ones with a reason and starts them again when it covers them', async () => {
    const { agent, tenantId, page } = await person();
    const aBot = below({ tenantId }).withBot();
    const shops = [await aBot.in(site), await aBot.in(site)] as const;
    const connections = shops.map(({ connectionId }) => connectionId);
    const young = `/bots/${shops[1].botId}`;
    const states = async () =>
      (
        await site.sql.query(
          'SELECT state, failure_reason AS why FROM connections WHERE id = ANY($1) ORDER BY array_position($1, id)',
          [connections],
        )
      ).rows;

    await act(admin, `${page}/subscription`, { subscriptionType: 'FREE' });
    expect(await states()).toEqual([
      { state: 'ACTIVE', why: null },
      { state: 'FAILED', why: 'plan_limit' },
    ]);
    expect((await agent.get(young)).text).toContain('Your plan does not cover this bot');
    await act(agent, `${young}/start`);
    expect((await states())[1]).toEqual({ state: 'FAILED', why: 'plan_limit' });
    await act(admin, `${page}/subscription`, { subscriptionType: 'STARTER' });
    expect(await states()).toEqual([
      { state: 'ACTIVE', why: null },
      { state: 'PENDING', why: null },
    ]);
  });
});

describe('suspending', () => {
  test('ends sessions, stops bots and is shown at login after the right password only', async () => {
    const { agent, email, tenantId, page } = await person();
    expect((await act(admin, `${page}/suspend`)).status).toBe(303);

    expect((await agent.get('/dashboard')).headers['location']).toContain('/login');
    expect((await agent.get('/dashboard').set('Accept', 'application/json')).status).toBe(401);
    const rows = await one('SELECT count(*) AS sessions FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1', [
      email,
    ]);
    expect(rows).toEqual({ sessions: 0 });
    const visitor = site.agent();
    await postForm(visitor, '/language', { language: 'en', returnTo: '/' });
    const right = await login(visitor, email, PASSWORD);
    expect([right.status, right.text.includes('closed for the time being')]).toEqual([422, true]);
    expect((await login(visitor, email, 'wrong password here')).text).not.toContain('closed for the time being');
    const suspended = await one<{ yes: boolean }>('SELECT suspended_at IS NOT NULL AS yes FROM tenants WHERE id = $1', [
      tenantId,
    ]);
    expect(suspended.yes).toBe(true);

    expect((await act(admin, `${page}/restore`)).status).toBe(303);
    expect((await login(visitor, email, PASSWORD)).status).toBe(303);
    const { text } = await admin.get(page);
    for (const action of ['user.suspended', 'user.restored']) expect(text).toContain(action);
  });

  test('an operator is suspended without the business', async () => {
    const [owner, operator] = [await person(), await person()];
    await site.sql.query('DELETE FROM tenants WHERE id = $1', [operator.tenantId]);
    await site.sql.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'operator')", [
      owner.tenantId,
      operator.id,
    ]);
    await act(admin, `${operator.page}/suspend`);
    expect((await owner.agent.get('/dashboard')).status).toBe(200);
    expect((await operator.agent.get('/dashboard')).status).toBe(303);
  });

  test('is refused for an admin and for a business with an admin', async () => {
    const [owner, other] = [await person(), await person()];
    await act(admin, `${other.page}/grant`);
    await site.sql.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'operator')", [
      owner.tenantId,
      other.id,
    ]);
    for (const { page } of [owner, other]) {
      const refused = await act(admin, `${page}/suspend`);
      expect([refused.status, refused.text.includes('An admin cannot be suspended')]).toEqual([422, true]);
    }
    expect((await owner.agent.get('/dashboard')).status).toBe(200);
    await act(admin, `${other.page}/revoke`);
  });
});

describe('admin rights', () => {
  test('are granted and revoked on the page; the last admin stays; a suspended user gets none', async () => {
    const other = await person();
    expect((await act(admin, `${other.page}/grant`)).status).toBe(303);
    expect((await other.agent.get('/admin')).status).toBe(200);
    expect((await act(other.agent, `${other.page}/revoke`)).status).toBe(303);
    expect((await other.agent.get('/admin')).status).toBe(404);

    const { id } = await one<{ id: string }>('SELECT id FROM users WHERE username = $1', [adminName]);
    const last = await act(admin, `/admin/users/${id}/revoke`);
    expect([last.status, last.text.includes('the only admin')]).toEqual([422, true]);
    await act(admin, `${other.page}/suspend`);
    expect((await act(admin, `${other.page}/grant`)).status).toBe(422);
  });
});

describe('the trail', () => {
  test('is searched and exported as CSV without formulas', async () => {
    const { tenantId, agent } = await person();
    // Another version of the product may write it.
    await site.sql.query("INSERT INTO audit_lines (tenant_id, actor_kind, action, details) VALUES ($1, 'system', $2, $3)", [
      tenantId,
      '=HYPERLINK("http://evil")',
      JSON.stringify({ a: '+1' }),
    ]);
    const page = await admin.get(`/admin/audit?tenantId=${tenantId}`);
    expect(page.text).toContain('user.registered');
    expect((await admin.get(`/admin/audit?tenantId=${tenantId}&actorKind=system`)).text).not.toContain('user.registered');
    expect((await admin.get('/admin/audit?q=user.registered')).text).toContain('user.registered');

    const csv = await act(admin, '/admin/audit/export', { q: '', actorKind: '', tenantId });
    expect([csv.status, csv.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(csv.headers['content-disposition']).toContain('attachment');
    expect(csv.text).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(csv.text).toContain('"user.registered"');
    expect((await admin.get('/admin/audit?q=audit.exported')).text).toContain('audit.exported');
    expect((await act(agent, '/admin/audit/export', { tenantId })).status).toBe(404);
  });
});

test('today is counted live, a past day once', async () => {
  const { oversightRead } = site.container.features.operators.api;
  const { tenantId } = await person();
  const chat = await below({ tenantId }).withBot().withCustomer().in(site);
  const now = new Date('2027-03-10T08:00:00Z');
  const add = (at: string, direction: 'in' | 'out', reason?: string) =>
    addMessage(site, chat, { direction, text: 'x', at: new Date(at), ...(reason && { reason }) });
  await add('2027-03-09T18:59:00Z', 'in');
  await add('2027-03-09T18:59:30Z', 'out', 'timeout');
  await add('2027-03-09T19:01:00Z', 'in');
  await add('2027-03-10T07:00:00Z', 'out', 'no_key');
  const lastTwo = async (at: Date) => (await oversightRead.daysAcrossTenants(at)).slice(-2);
  const expected = [
    { day: '2027-03-09', received: 1, sent: 1, aiFailures: 1, newTenants: 0 },
    { day: '2027-03-10', received: 1, sent: 1, aiFailures: 0, newTenants: 0 },
  ];

  expect(await lastTwo(now)).toEqual(expected);
  expect(await oversightRead.daysAcrossTenants(now)).toHaveLength(30);
  await oversightRead.rollUpAcrossTenants(now);
  expect(await lastTwo(now)).toEqual(expected);
  await site.sql.query('DELETE FROM messages WHERE conversation_id = $1', [chat.conversationId]);
  await oversightRead.rollUpAcrossTenants(new Date('2027-03-11T08:00:00Z'));
  expect((await lastTwo(now))[0]).toEqual(expected[0]);
});
