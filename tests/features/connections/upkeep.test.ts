import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

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
beforeEach(() => {
  graph.heal();
  graph.controls.clockMs = 0;
});

let lastId = 700_000_000;

/** A bot on Instagram whose owner reads English, and a clock. */
async function instagramBot() {
  const { agent, tenantId, email } = await newOwner(site);
  await site.sql.query("UPDATE subscriptions SET type = 'STARTER' WHERE tenant_id = $1", [tenantId]);
  await postForm(agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
  const id = String(++lastId);
  const account: GraphAccount = graph.addInstagram({ id, token: `IGAA-${id}-aaaa`, appSecret: `S-${id}` });
  const path = await makeBot(agent, {
    platform: 'instagram',
    telegramToken: '',
    instagramAccessToken: account.token,
    instagramAccountId: id,
    instagramAppSecret: account.appSecret,
  });
  const connection = async () =>
    (
      await site.sql.query<Record<string, never>>(
        `SELECT id, tenant_id AS "tenantId", sealed_secrets AS "sealedSecrets", state, failure_reason AS reason,
           last_error AS error,
           secret_last4 AS last4, token_expires_at AS expires, token_renew_at AS renew FROM connections WHERE bot_id = $1`,
        [idOf(path)],
      )
    ).rows[0] as { [field: string]: never } & { expires: Date | null; renew: Date };
  const mails = async () => (await site.mails()).filter(({ to }) => to === email);
  /** Runs the job at a later time on our clock and Meta's. */
  const renewAfter = async (ms: number): Promise<Date> => {
    graph.controls.clockMs = ms;
    const now = new Date(Date.now() + ms);
    await site.container.features.connections.api.renewTokens(now);
    return now;
  };
  return {
    agent,
    path,
    account,
    connection,
    mails,
    renewAfter,
    requests: () => account.requests.filter(({ path: of }) => /refresh/.test(of)).length,
  };
}

test('a new token is renewed after its first day for sixty days, and again after a week', async () => {
  const { agent, path, account, connection, renewAfter, requests } = await instagramBot();
  expect((await agent.get(path)).text).toMatch(/at most (59|60) days left/);
  await renewAfter(DAY_MS - HOUR_MS);
  expect(requests()).toBe(0);

  const first = account.token;
  const now = await renewAfter(DAY_MS + 2 * HOUR_MS);
  const renewed = await connection();
  expect(renewed.expires?.getTime()).toBe(now.getTime() + 60 * DAY_MS);
  expect(account.token).not.toBe(first);
  expect(site.container.secrets.openCredentials(renewed as never)).toMatchObject({ instagramAccessToken: account.token });
  expect(renewed['last4']).toBe(account.token.slice(-4));
  const page = (await agent.get(path)).text;
  expect(page).toMatch(/6[01] days left/);
  expect(page).not.toContain(account.token);

  await renewAfter(5 * DAY_MS);
  expect(requests()).toBe(1);
  await renewAfter(9 * DAY_MS);
  expect(requests()).toBe(2);
});

test('two concurrent workers renew a token once', async () => {
  const { requests } = await instagramBot();
  const now = new Date(Date.now() + 2 * DAY_MS);
  graph.controls.clockMs = 2 * DAY_MS;
  await Promise.all(Array.from({ length: 5 }, () => site.container.features.connections.api.renewTokens(now)));
  expect(requests()).toBe(1);
});

test('without Meta a renewal is retried within the hour, and nobody is notified', async () => {
  const { connection, mails, renewAfter, account } = await instagramBot();
  const before = account.token;
  graph.fault({ accountId: account.id, fault: { kind: 'html', status: 502 } });
  await renewAfter(2 * DAY_MS);
  expect(await connection()).toMatchObject({ state: 'ACTIVE', error: null });
  expect(await mails()).toEqual([]);

  graph.heal();
  await renewAfter(2 * DAY_MS + HOUR_MS);
  expect(account.token).not.toBe(before);
});

test('a refused renewal is mailed once a day with the date of expiry, and shown with its remedy', async () => {
  const { agent, path, connection, mails, renewAfter, account } = await instagramBot();
  await renewAfter(2 * DAY_MS);
  graph.fault({ accountId: account.id, path: 'refresh', fault: { kind: 'error', status: 403, code: 10 } as never });
  await renewAfter(10 * DAY_MS);
  await renewAfter(10 * DAY_MS + HOUR_MS);

  expect(await connection()).toMatchObject({ state: 'ACTIVE', error: 'not_permitted' });
  const [mail, ...more] = await mails();
  expect(more).toEqual([]);
  expect(mail?.subject).toContain('could not be renewed');
  expect(mail?.text).toMatch(/It runs out on \d+ \w+ \d{4}/);
  expect(mail?.text).toContain(path);
  expect(mail?.text).not.toContain(account.token);
  expect((await agent.get(path)).text).toContain('Make a new token with all messaging rights at Meta');
});

test('a revoked token pauses the connection and the owner is told; a new one repairs it', async () => {
  const { agent, path, connection, mails, renewAfter, account } = await instagramBot();
  account.revoked = true;
  await renewAfter(2 * DAY_MS);
  await renewAfter(4 * DAY_MS);
  const failed = await connection();
  expect(failed).toMatchObject({ state: 'FAILED', reason: 'token_revoked' });
  expect((await mails()).map(({ subject }) => subject)).toEqual(['Aida is no longer answering']);

  account.revoked = false;
  account.token = 'IGAA-renewed-zzzz';
  await postForm(agent, `${path}/connections/${failed['id']}`, { instagramAccessToken: account.token }, path);
  expect(await connection()).toMatchObject({ state: 'ACTIVE', reason: null, last4: 'zzzz', expires: null });
});

test('a stopped connection keeps a valid token without notices', async () => {
  const { agent, path, connection, mails, renewAfter, account } = await instagramBot();
  const before = account.token;
  await postForm(agent, `${path}/stop`, {}, path);
  await renewAfter(2 * DAY_MS);
  expect(account.token).not.toBe(before);
  expect(await connection()).toMatchObject({ state: 'INACTIVE', last4: account.token.slice(-4) });

  account.revoked = true;
  await renewAfter(10 * DAY_MS);
  expect(await connection()).toMatchObject({ state: 'INACTIVE', error: 'token_revoked' });
  expect(await mails()).toEqual([]);
});

test('a waiting connection that is refused fails, and the owner is told', async () => {
  const { connection, mails, account, path } = await instagramBot();
  await site.sql.query("UPDATE connections SET state = 'PENDING', failure_reason = 'unreachable' WHERE bot_id = $1", [
    idOf(path),
  ]);
  account.revoked = true;
  await site.container.features.connections.api.recheck.due(new Date());
  expect(await connection()).toMatchObject({ state: 'FAILED', reason: 'token_revoked' });
  expect(await mails()).toHaveLength(1);
});

test('a connection that keeps waiting is checked less and less often', async () => {
  const { path, account } = await instagramBot();
  graph.fault({ accountId: account.id, fault: { kind: 'html', status: 502 } });
  const waits: number[] = [];
  for (const ageMs of [10_000, HOUR_MS, 5 * HOUR_MS]) {
    const now = new Date(Date.now() + DAY_MS);
    await site.sql.query(
      `UPDATE connections
       SET state = 'PENDING', retry_at = NULL, state_changed_at = $2::timestamptz - $3 * interval '1 millisecond'
       WHERE bot_id = $1`,
      [idOf(path), now, ageMs],
    );
    await site.container.features.connections.api.recheck.due(now);
    const { rows } = await site.sql.query<{ retryAt: Date }>('SELECT retry_at AS "retryAt" FROM connections WHERE bot_id = $1', [
      idOf(path),
    ]);
    waits.push((rows[0]?.retryAt.getTime() as number) - now.getTime());
  }
  expect(waits).toEqual([60_000, HOUR_MS / 2, HOUR_MS]);
});
