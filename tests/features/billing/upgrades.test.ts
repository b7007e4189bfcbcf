import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { newOwner } from '../../support/owner.ts';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(500, 7)]);
const PDF = Buffer.from('%PDF-1.7\n…');
const MB = 1024 * 1024;

let site: TestApp;
let admin: Agent;
beforeAll(async () => {
  site = await testApp();
  admin = site.agent();
  const { username } = await register(admin);
  await site.sql.query('UPDATE users SET is_admin = true WHERE username = $1', [username]);
  await english(admin);
});
afterAll(() => site.close());

const english = (agent: Agent) => postForm(agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');

async function owner() {
  const made = await newOwner(site);
  await english(made.agent);
  return made;
}

async function ask(agent: Agent, file: Buffer | null, fields: Record<string, string> = {}, filename = 'receipt.png') {
  const { text } = await agent.get('/subscription');
  const all = { _csrf: csrfOf(text), plan: 'BASIC', months: '3', note: 'Paid today', ...fields };
  let request = agent.post('/subscription/upgrade');
  for (const [name, value] of Object.entries(all)) request = request.field(name, value);
  return file ? request.attach('receipt', file, filename) : request;
}

const requestOf = async (tenantId: string) =>
  (
    await site.sql.query<{ id: string; state: string; type: string; bytes: number }>(
      'SELECT id, state, receipt_type AS type, length(receipt) AS bytes FROM upgrade_requests WHERE tenant_id = $1 ORDER BY created_at DESC',
      [tenantId],
    )
  ).rows;
const planOf = async (tenantId: string) =>
  (await site.sql.query('SELECT type, ends_at AS ends FROM subscriptions WHERE tenant_id = $1 AND active', [tenantId])).rows[0];
const mailsTo = async (to: string) => (await site.mails()).filter((mail) => mail.to === to);

describe('asking', () => {
  test('five requests of one business a day are taken, each after the refusal of the last', async () => {
    const { agent, tenantId } = await owner();
    const statuses = [];
    for (let i = 0; i < 6; i++) {
      const answer = await ask(agent, PNG);
      statuses.push(answer.status);
      if (i === 5) expect(answer.text).toContain('You have asked several times today');
      await site.sql.query("UPDATE upgrade_requests SET state = 'refused' WHERE tenant_id = $1", [tenantId]);
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303, 422]);
  });

  test('a receipt waits for an admin, and only an admin can download it, with its real type', async () => {
    const { agent, tenantId } = await owner();
    expect((await ask(agent, PDF, {}, '../../evil.html')).status).toBe(303);
    const [request] = await requestOf(tenantId);
    expect(request).toMatchObject({ state: 'open', type: 'application/pdf', bytes: PDF.length });
    const { text } = await agent.get('/subscription');
    expect(text).toContain('You asked for BASIC');
    expect(text).not.toContain('name="receipt"');

    const path = `/admin/upgrades/${request?.id}/receipt`;
    const saved = await admin.get(path).buffer(true);
    expect([saved.status, saved.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(saved.headers['content-disposition']).toBe(`attachment; filename=receipt-${request?.id}.pdf`);
    expect(saved.headers['x-content-type-options']).toBe('nosniff');
    expect(saved.headers['content-security-policy']).toContain('sandbox');
    expect([(await agent.get(path)).status, (await site.agent().get(path)).status]).toEqual([404, 303]);
    expect((await admin.get('/admin/upgrades')).text).toContain('Paid today');
  });

  test('5 MB are accepted, one byte more is not', async () => {
    const [fits, over] = [await owner(), await owner()];
    const file = (size: number): Buffer => Buffer.concat([PNG, Buffer.alloc(size - PNG.length)]);
    expect((await ask(fits.agent, file(5 * MB))).status).toBe(303);
    expect((await requestOf(fits.tenantId))[0]?.bytes).toBe(5 * MB);
    const refused = await ask(over.agent, file(5 * MB + 1));
    expect([refused.status, refused.text.includes('larger than 5 MB')]).toEqual([422, true]);
    expect(await requestOf(over.tenantId)).toEqual([]);
  });

  test('a far too large body is refused before it is stored, with a length or without', async () => {
    const { agent, tenantId } = await owner();
    const { text, headers } = await agent.get('/subscription');
    const server = site.app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/subscription/upgrade`;
    const jar = (agent as unknown as { jar: { getCookies(access: object): { toValueString(): string }[] } }).jar;
    const own = jar
      .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false })
      .map((one) => one.toValueString());
    const fresh = [headers['set-cookie'] ?? []].flat().map((line: string) => line.split(';')[0] as string);
    const cookie = [...own, ...fresh].join('; ');
    const head = `--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${csrfOf(text)}\r\n--x\r\nContent-Disposition: form-data; name="receipt"; filename="a"\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), Buffer.alloc(9 * MB), Buffer.from('\r\n--x--\r\n')]);
    const send = (sent: RequestInit): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, 'content-type': 'multipart/form-data; boundary=x' },
        ...sent,
      });
    const statuses = [
      (await send({ body })).status,
      (await send({ body: new Blob([body]).stream(), duplex: 'half' } as RequestInit)).status,
    ];
    expect(statuses).toEqual([413, 413]);
    server.closeAllConnections();
    server.close();
    expect(await requestOf(tenantId)).toEqual([]);
  });

  test.each([
    ['no file', null, {}, 'Choose the file'],
    ['a page that calls itself a picture', Buffer.from('<html><script>1</script>'), {}, 'no PNG, JPEG or PDF'],
    ['an empty file', Buffer.alloc(0), {}, 'no PNG, JPEG or PDF'],
    ['the free plan', PNG, { plan: 'FREE' }, 'Choose a plan'],
    ['no such length', PNG, { months: '2' }, 'Choose the months'],
    ['a field too many', PNG, { state: 'approved' }, ''],
  ])('%s is refused with the input kept', async (_what, file, fields, words) => {
    const { agent, tenantId } = await owner();
    const refused = await ask(agent, file, fields);
    expect([refused.status, refused.text.includes(words), refused.text.includes('Paid today')]).toEqual([422, true, true]);
    expect(await requestOf(tenantId)).toEqual([]);
  });

  test('a form without its token, cut off or repeated changes nothing', async () => {
    const { agent, tenantId } = await owner();
    expect((await ask(agent, PNG, { _csrf: 'x' })).status).toBe(403);
    const broken = agent.post('/subscription/upgrade').set('Content-Type', 'multipart/form-data; boundary=x');
    expect((await broken.send('--x\r\nContent-Disposition: form-data; name="receipt"; filename="a"\r\n\r\nabc')).status).toBe(
      400,
    );
    expect((await agent.post('/subscription/upgrade').set('Content-Type', 'multipart/form-data').send('x')).status).toBe(400);
    expect(await requestOf(tenantId)).toEqual([]);
    await ask(agent, PNG);
    expect((await ask(agent, PNG)).status).toBe(422);
    expect(await requestOf(tenantId)).toHaveLength(1);
  });
});

describe('deciding', () => {
  const decide = (id: string | undefined, act: string, fields = {}) =>
    postForm(admin, `/admin/upgrades/${id}/${act}`, fields, '/account');

  test('an approved plan is in force for the months, once, and the owner is told', async () => {
    const { agent, tenantId, email } = await owner();
    await ask(agent, PNG);
    const [request] = await requestOf(tenantId);
    const answers = await Promise.all([decide(request?.id, 'approve'), decide(request?.id, 'approve')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);

    const plan = (await planOf(tenantId)) as { type: string; ends: Date };
    const days = (plan.ends.getTime() - Date.now()) / 86_400_000;
    expect(plan.type).toBe('BASIC');
    expect(days).toBeGreaterThan(88);
    expect(days).toBeLessThan(93);
    expect((await mailsTo(email)).map(({ subject }) => subject)).toEqual(['Your BASIC plan is in force']);
    expect((await agent.get('/subscription')).text).toContain('was approved');

    await ask(agent, PNG, { months: '1' });
    await decide((await requestOf(tenantId))[0]?.id, 'approve');
    const longer = (await planOf(tenantId)) as { ends: Date };
    expect((longer.ends.getTime() - plan.ends.getTime()) / 86_400_000).toBeGreaterThan(26);
  });

  test('a refusal reaches the owner by mail and page, and another request may follow', async () => {
    const { agent, tenantId, email } = await owner();
    await ask(agent, PNG);
    const [request] = await requestOf(tenantId);
    expect((await decide(request?.id, 'refuse', { reason: ' ' })).status).toBe(422);
    expect((await decide(request?.id, 'refuse', { reason: 'The sum is wrong.' })).status).toBe(303);
    expect(await planOf(tenantId)).toEqual({ type: 'FREE', ends: null });
    expect((await mailsTo(email))[0]?.text).toContain('The sum is wrong.');
    expect((await agent.get('/subscription')).text).toContain('The sum is wrong.');
    expect((await ask(agent, PNG)).status).toBe(303);
  });

  test('an unknown request is 404', async () => {
    expect((await decide('nothing', 'approve')).status).toBe(404);
    expect((await admin.get('/admin/upgrades/nothing/receipt')).status).toBe(404);
  });
});

test('a receipt is erased 180 days after the decision, an undecided one stays, and what was decided is still listed', async () => {
  const [decided, recent, open] = [await owner(), await owner(), await owner()];
  for (const { agent } of [decided, recent, open]) await ask(agent, PNG);
  const daysAgo = (days: number, tenantId: string) =>
    site.sql.query(
      `UPDATE upgrade_requests SET created_at = now() - $1 * interval '1 day',
         state = CASE WHEN $3 THEN 'refused' ELSE 'open' END::"UpgradeState",
         decided_at = CASE WHEN $3 THEN now() - $1 * interval '1 day' END
       WHERE tenant_id = $2`,
      [days, tenantId, tenantId !== open.tenantId],
    );
  await daysAgo(181, decided.tenantId);
  await daysAgo(179, recent.tenantId);
  await daysAgo(400, open.tenantId);
  const { rows } = await site.sql.query<{ now: Date }>('SELECT now() AS now');
  await site.container.features.billing.jobs.hourly(rows[0]?.now as Date);

  const bytes = async ({ tenantId }: { tenantId: string }) => (await requestOf(tenantId))[0]?.bytes;
  expect([await bytes(decided), await bytes(recent), await bytes(open)]).toEqual([0, PNG.length, PNG.length]);
  const [request] = await requestOf(decided.tenantId);
  expect((await admin.get(`/admin/upgrades/${request?.id}/receipt`)).status).toBe(404);
  const { text } = await admin.get('/admin/upgrades');
  expect(text).toContain('The receipt is erased');
  expect(text).not.toContain(`/admin/upgrades/${request?.id}/receipt`);
  expect((await decided.agent.get('/privacy')).text).toContain('Receipts of payments: 180 days');
});

test('all requests are listed in pages, open ones first, also when one is decided in between', async () => {
  await site.sql.query('DELETE FROM upgrade_requests');
  await site.sql.query(
    `INSERT INTO tenants (id, name) SELECT ('01890000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Bakery ' || n || '.'
     FROM generate_series(1, 70) n`,
  );
  await site.sql.query(
    `INSERT INTO upgrade_requests (id, tenant_id, plan, months, note, receipt, receipt_type, state)
     SELECT id, id, 'BASIC', 1, '', '', 'image/png', CASE WHEN right(name, 2) > '5' THEN 'open' ELSE 'refused' END::"UpgradeState"
     FROM tenants WHERE name LIKE 'Bakery %'`,
  );
  const pages: string[][] = [];
  for (let path: string | undefined = '/admin/upgrades'; path; ) {
    const { text } = await admin.get(path);
    pages.push([...text.matchAll(/<h2>(Bakery \d+)\./g)].map(([, name]) => name as string));
    path = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    const last = pages.length === 1 ? `${pages[0]?.at(-1)}.` : '';
    await site.sql.query(
      "UPDATE upgrade_requests r SET state = 'refused' FROM tenants t WHERE t.id = r.tenant_id AND t.name = $1",
      [last],
    );
  }
  const all = pages.flat();

  expect(pages.map(({ length }) => length)).toEqual([30, 30, 11]);
  // The request decided meanwhile is now among the decided ones.
  expect(new Set(all).size).toBe(70);
  expect((await admin.get('/admin/upgrades?after=nonsense&decided=x')).text).toContain(`${all[0]}.`);
});
