import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { newShop } from '../../support/owner.ts';

const TEAM = '/account/team';
let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

let people = 0;
const nextEmail = (): string => `colleague${++people}.${process.pid}@example.com`;
const invite = (owner: Agent, fields: Record<string, string>) => postForm(owner, `${TEAM}/invitations`, fields, TEAM);
const linkIn = (html: string): string => /\/invitations\/[\w-]{43}/.exec(html)?.[0] ?? 'none';

/** The address of a new invitation, from the page that shows it once. */
async function invited(owner: Agent, fields: Record<string, string> = { email: '', role: 'operator' }): Promise<string> {
  expect((await invite(owner, fields)).status).toBe(303);
  return linkIn((await owner.get(TEAM)).text);
}

/** Somebody new who works for the owner's business. */
async function colleague(owner: Agent, role = 'operator') {
  const [email, agent] = [nextEmail(), site.agent()];
  const path = await invited(owner, { email, role });
  expect((await postForm(agent, path, { username: '', password: PASSWORD }, path)).status).toBe(303);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
  return { agent, email, userId: rows[0]?.id as string };
}

test('somebody new accepts an invitation by e-mail, once, and works in the business', async () => {
  const { agent: owner, tenantId, bot } = await newShop(site);
  await site.sql.query("UPDATE tenants SET name = 'evil.example Non' WHERE id = $1", [tenantId]);
  const [email, guest] = [nextEmail(), site.agent()];
  const path = await invited(owner, { email, role: 'operator' });
  expect(linkIn((await owner.get(TEAM)).text)).toBe('none');
  const mail = (await site.mails()).findLast(({ to }) => to === email);
  expect([mail?.text.includes(path), mail?.text.includes('evil. example')]).toEqual([true, true]);
  const { rows } = await site.sql.query("SELECT 1 FROM invitations i WHERE i::text LIKE '%' || $1 || '%'", [path.split('/')[2]]);
  expect(rows).toEqual([]);

  const weak = await postForm(guest, path, { username: 'malika', password: '12345678' }, path);
  expect([weak.status, weak.text.includes('value="malika"')]).toEqual([422, true]);
  const username = `malika${process.pid}`;
  expect((await postForm(guest, path, { username, password: PASSWORD }, path)).headers['location']).toBe('/dashboard');
  expect((await guest.get(`${bot}/conversations`)).status).toBe(200);
  expect((await guest.get(TEAM)).text).not.toContain('action="/account/team/invitations"');
  expect((await postForm(guest, `${bot}/delete`, {}, bot)).status).toBe(403);
  expect((await owner.get(TEAM)).text).toContain(username);
  const late = site.agent();
  expect([(await late.get(path)).status, (await postForm(late, path, { password: PASSWORD }, '/login')).status]).toEqual([
    410, 410,
  ]);
});

test('a signed-in person consents, keeps their own business and switches between the two', async () => {
  const { agent: owner, bot } = await newShop(site);
  const other = await newShop(site);
  const path = await invited(owner);
  const page = await other.agent.get(path);
  expect([page.status, page.text.includes('name="password"')]).toEqual([200, false]);
  expect((await postForm(other.agent, path, {}, path)).status).toBe(303);
  expect([(await other.agent.get(bot)).status, (await other.agent.get(other.bot)).status]).toEqual([200, 404]);

  const nav = (await other.agent.get('/dashboard')).text;
  expect(nav).toContain(`name="tenantId" value="${other.tenantId}"`);
  await postForm(other.agent, '/account/business', { tenantId: other.tenantId }, '/dashboard');
  expect([(await other.agent.get(bot)).status, (await other.agent.get(other.bot)).status]).toEqual([404, 200]);
  const again = site.agent();
  await login(again, other.email, PASSWORD);
  expect((await again.get(other.bot)).status).toBe(200);
  const foreign = await newShop(site);
  expect((await postForm(other.agent, '/account/business', { tenantId: foreign.tenantId }, '/dashboard')).status).toBe(404);
});

test('who is removed loses sessions, desk and invitations at once; a business of their own is left', async () => {
  const { agent: owner, tenantId, connectionId } = await newShop(site);
  const { agent, email, userId } = await colleague(owner, 'owner');
  await site.sql.query(
    `INSERT INTO desk_links (id, tenant_id, user_id, connection_id, account_id, chat_id, name)
     VALUES (gen_random_uuid(), $1, $2, $3, '1', '1', 'Aziz')`,
    [tenantId, userId, connectionId],
  );
  const theirs = await invited(agent);
  const own = await newShop(site);
  await site.sql.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'operator')", [own.tenantId, userId]);
  const elsewhere = site.agent();
  await login(elsewhere, email, PASSWORD);
  await postForm(elsewhere, '/account/business', { tenantId: own.tenantId }, '/dashboard');

  expect((await postForm(owner, `${TEAM}/${userId}/remove`, {}, TEAM)).status).toBe(303);
  expect((await agent.get('/dashboard')).headers['location']).toContain('/login');
  expect((await elsewhere.get(own.bot)).status).toBe(200);
  const left = await site.sql.query('SELECT 1 FROM desk_links WHERE user_id = $1 AND tenant_id = $2', [userId, tenantId]);
  expect([left.rows, (await site.agent().get(theirs)).status]).toEqual([[], 410]);

  await postForm(own.agent, `${TEAM}/${userId}/remove`, {}, TEAM);
  expect((await login(agent, email, PASSWORD)).status).toBe(303);
  expect([(await agent.get('/dashboard')).status, (await agent.get(own.bot)).status]).toEqual([200, 404]);
});

test('the last owner neither leaves nor loses the role, even when two try at once', async () => {
  const { agent: owner, tenantId } = await newShop(site);
  const { rows } = await site.sql.query<{ id: string }>('SELECT user_id AS id FROM memberships WHERE tenant_id = $1', [tenantId]);
  const alone = await postForm(owner, `${TEAM}/${rows[0]?.id}/role`, { role: 'operator' }, TEAM);
  expect([alone.status, alone.text.includes('A business needs an owner')]).toEqual([422, true]);
  expect((await postForm(owner, `${TEAM}/leave`, {}, TEAM)).status).toBe(422);

  const second = await colleague(owner, 'owner');
  const both = await Promise.all([owner, second.agent].map((agent) => postForm(agent, `${TEAM}/leave`, {}, TEAM)));
  expect(both.map(({ status }) => status).sort()).toEqual([303, 422]);
});

test('an owner who becomes an operator keeps the conversations, and their invitations end', async () => {
  const { agent: owner, bot } = await newShop(site);
  const { agent, userId } = await colleague(owner, 'owner');
  const theirs = await invited(agent);
  await postForm(owner, `${TEAM}/${userId}/role`, { role: 'operator' }, TEAM);
  expect([(await agent.get(`${bot}/conversations`)).status, (await invite(agent, { role: 'operator' })).status]).toEqual([
    200, 403,
  ]);
  expect((await site.agent().get(theirs)).status).toBe(410);
});

test('an invitation is withdrawn, sent again with another link, and ends after seven days', async () => {
  const { agent: owner, tenantId } = await newShop(site);
  const email = nextEmail();
  const first = await invited(owner, { email, role: 'operator' });
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM invitations WHERE tenant_id = $1', [tenantId]);
  const at = `${TEAM}/invitations/${rows[0]?.id}`;
  await postForm(owner, `${at}/resend`, {}, TEAM);
  const second = linkIn((await owner.get(TEAM)).text);
  const statusOf = async (path: string) => (await site.agent().get(path)).status;
  expect([await statusOf(first), await statusOf(second)]).toEqual([410, 200]);
  expect((await site.mails()).filter(({ to }) => to === email)).toHaveLength(2);

  const third = await invited(owner, { email: email.toUpperCase(), role: 'owner' });
  expect([await statusOf(second), await statusOf(third)]).toEqual([410, 200]);
  await site.sql.query("UPDATE invitations SET expires_at = expires_at - interval '7 days' WHERE tenant_id = $1", [tenantId]);
  expect([await statusOf(third), (await owner.get(TEAM)).text.includes('expired on')]).toEqual([410, true]);
  const open = await invited(owner);
  const { rows: left } = await site.sql.query<{ id: string }>(
    'SELECT id FROM invitations WHERE tenant_id = $1 AND email IS NULL',
    [tenantId],
  );
  await postForm(owner, `${TEAM}/invitations/${left[0]?.id}/withdraw`, {}, TEAM);
  expect(await statusOf(open)).toBe(410);
});

test('the answer is the same for an address that has an account; mails to one address are few', async () => {
  const known = await register(site.agent());
  const answers = await Promise.all(
    [known.email, nextEmail()].map(async (email) => {
      const { agent } = await newShop(site);
      await invite(agent, { email, role: 'operator' });
      const page = (await agent.get(TEAM)).text;
      return page.replaceAll(email, 'X').match(/The invitation for X[^<]*/)?.[0];
    }),
  );
  expect(answers[0]).toBe(answers[1]);
  const victim = nextEmail();
  const { agent } = await newShop(site);
  for (let i = 0; i < 5; i++) await invite(agent, { email: victim, role: 'operator' });
  expect((await site.mails()).filter(({ to }) => to === victim)).toHaveLength(3);
  const refused = await invite(agent, { email: 'no address', role: 'king' });
  expect([refused.status, refused.text.includes('value="no address"')]).toEqual([422, true]);
});

test('of ten who open one link at once, one joins', async () => {
  const { agent: owner, tenantId } = await newShop(site);
  const path = await invited(owner);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => postForm(site.agent(), path, { email: nextEmail(), password: PASSWORD }, path)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(9).fill(410)]);
  const { rows } = await site.sql.query('SELECT 1 FROM memberships WHERE tenant_id = $1', [tenantId]);
  expect(rows).toHaveLength(2);
});

test('an owner renames the business; an operator does not', async () => {
  const { agent: owner, tenantId } = await newShop(site);
  const { agent: operator } = await colleague(owner);
  const rename = async (by: Agent, name: string) => (await postForm(by, `${TEAM}/name`, { name }, TEAM)).status;
  expect([await rename(owner, ' Oltin  Non '), await rename(owner, ' '), await rename(operator, 'Mine')]).toEqual([
    303, 422, 403,
  ]);
  const { rows } = await site.sql.query('SELECT name FROM tenants WHERE id = $1', [tenantId]);
  expect(rows).toEqual([{ name: 'Oltin Non' }]);
  expect((await operator.get(TEAM)).text).not.toContain('/account/team/name');
});
