// Two businesses with something of everything, people of every kind, and the app listening on a port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '../../src/platform/crypto/ids.ts';
import { PASSWORD, type TestApp, testApp } from '../support/app.ts';
import { seedConnection, seedConversation, seedMessage } from '../support/owner.ts';
import { closeClients, type RawClient, rawClient } from './raw-client.ts';

/** A tenant's own objects by the names the routes give them. */
export interface Things {
  tenantId: string;
  userId: string;
  bot: string;
  /** A second bot of the same tenant. */
  otherBot: string;
  entryId: string;
  connectionId: string;
  conversationId: string;
  broadcastId: string;
  photoId: string;
  upgradeId: string;
  session: string;
}

export type World = Awaited<ReturnType<typeof twoTenants>>;

let people = 0;

export async function twoTenants(env: Record<string, string> = {}) {
  const site = await testApp(env);
  // A busy machine must not close an idle connection just as a client reuses it.
  const server = createServer({ keepAliveTimeout: 0 }, site.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const visitor = (): RawClient => rawClient(port);

  /** Somebody new who owns a business on a large plan. */
  async function owner(): Promise<RawClient & { things: Things; username: string }> {
    const client = visitor();
    const username = `sec${++people}.${process.pid}`;
    const done = await client.submit('/register', { username, email: `${username}@example.com`, password: PASSWORD });
    if (done.status !== 303) throw new Error(`registering answered ${done.status}: ${done.text}`);
    return Object.assign(client, { things: await furnish(site, username), username });
  }

  /** Somebody who works for the business and does not own it. */
  async function operatorOf({ tenantId }: Things): Promise<RawClient> {
    const client = await owner();
    await site.sql.query('DELETE FROM tenants WHERE id = $1', [client.things.tenantId]);
    await site.sql.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'operator')", [
      tenantId,
      client.things.userId,
    ]);
    return client;
  }

  async function admin(): Promise<RawClient & { things: Things }> {
    const client = await owner();
    await site.sql.query('UPDATE users SET is_admin = true WHERE id = $1', [client.things.userId]);
    return client;
  }

  return {
    site,
    sql: site.sql,
    port,
    visitor,
    owner,
    operatorOf,
    admin,
    async close(): Promise<void> {
      closeClients();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await site.close();
    },
  };
}

async function furnish(site: TestApp, username: string): Promise<Things> {
  const { rows } = await site.sql.query<{ tenantId: string; userId: string; session: string }>(
    `SELECT m.tenant_id AS "tenantId", u.id AS "userId", s.id_hash AS session
     FROM users u JOIN memberships m ON m.user_id = u.id JOIN sessions s ON s.user_id = u.id WHERE u.username = $1`,
    [username],
  );
  const { tenantId, userId, session } = rows[0] as (typeof rows)[0];
  await site.sql.query('UPDATE subscriptions SET max_bots = 1000, max_messages_per_month = 1000 WHERE tenant_id = $1', [
    tenantId,
  ]);
  const [bot, otherBot, entryId] = [newId(), newId(), newId()];
  for (const id of [bot, otherBot]) {
    await site.sql.query("INSERT INTO bots (id, tenant_id, name, system_prompt) VALUES ($1, $2, 'Aida', 'You help.')", [
      id,
      tenantId,
    ]);
  }
  await site.sql.query(
    "INSERT INTO knowledge_entries (id, tenant_id, bot_id, title, content) VALUES ($1, $2, $3, 'Hours', 'Open from nine to five.')",
    [entryId, tenantId, bot],
  );
  const connectionId = await seedConnection(site, tenantId, bot);
  const conversationId = await seedConversation(site, { tenantId, botId: bot, connectionId });
  await seedMessage(site, tenantId, conversationId, { direction: 'in', text: 'Hello' });
  const upgradeId = newId();
  await site.sql.query(
    `INSERT INTO upgrade_requests (id, tenant_id, asked_by, plan, months, note, receipt, receipt_type)
     VALUES ($1, $2, $3, 'BASIC', 1, '', '\\x89504e47'::bytea, 'image/png')`,
    [upgradeId, tenantId, userId],
  );
  // So that what an admin may see only with the owner's leave can be asked for.
  await site.sql.query("INSERT INTO support_grants (id, tenant_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')", [
    newId(),
    tenantId,
  ]);
  const broadcastId = newId();
  await site.sql.query(
    `INSERT INTO broadcasts (id, tenant_id, bot_id, draft_id, content_hash, text, state)
     VALUES ($1, $2, $3, $4, 'hash', 'We bake on Sundays too', 'scheduled')`,
    [broadcastId, tenantId, bot, newId()],
  );
  const photoId = newId();
  await site.sql.query(
    `INSERT INTO broadcast_photos (id, tenant_id, bot_id, hash, content, type)
     VALUES ($1, $2, $3, 'hash', '\\x89504e47'::bytea, 'image/png')`,
    [photoId, tenantId, bot],
  );
  const children = { entryId, connectionId, conversationId, broadcastId, photoId, upgradeId };
  return { tenantId, userId, bot, otherBot, ...children, session };
}

export const NOWHERE = '01890000-0000-7000-8000-000000000000';

/** Nobody's: what a guesser would name. */
export const NOTHING: Things = {
  tenantId: NOWHERE,
  userId: NOWHERE,
  bot: NOWHERE,
  otherBot: NOWHERE,
  entryId: NOWHERE,
  connectionId: NOWHERE,
  conversationId: NOWHERE,
  broadcastId: NOWHERE,
  photoId: NOWHERE,
  upgradeId: NOWHERE,
  session: '0'.repeat(64),
};

/** The route's address with these objects in it; children of `parents`' when they differ. */
export function addressOf(path: string, things: Things, parent: Pick<Things, 'bot'> = things): string {
  const values: Record<string, string> = {
    'bots/:id': parent.bot,
    'sessions/:id': things.session,
    'users/:id': things.userId,
    'tenants/:id': things.tenantId,
    'connections/:connectionId': things.connectionId,
    'conversations/:conversationId': things.conversationId,
    'knowledge/:entryId': things.entryId,
    'broadcasts/:broadcastId': things.broadcastId,
    'photos/:photoId/:file': `${things.photoId}/guessed.png`,
    'photos/:photoId': things.photoId,
    'upgrades/:upgradeId': things.upgradeId,
    'reset-password/:token': 'no-such-token',
  };
  const filled = Object.entries(values).reduce(
    (address, [part, value]) => address.replace(part, `${part.split('/')[0]}/${value}`),
    path,
  );
  if (filled.includes(':')) throw new Error(`two-tenants.ts has no sample for ${path}`);
  return filled;
}

/** What the database holds of businesses and people, as one text that changes with any of it. */
export async function fingerprint({ sql }: Pick<TestApp, 'sql'>): Promise<string> {
  const tables = ['tenants', 'users', 'memberships', 'subscriptions', 'bots', 'connections', 'knowledge_entries'];
  const parts = [
    ...tables,
    'customers',
    'conversations',
    'messages',
    'broadcasts',
    'broadcast_photos',
    'password_resets',
    'usage_months',
  ].map((table) => `(SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM ${table} t)`);
  const { rows } = await sql.query<{ state: string }>(`SELECT concat_ws(' ', ${parts.join(', ')}) AS state`);
  return rows[0]?.state ?? '';
}
