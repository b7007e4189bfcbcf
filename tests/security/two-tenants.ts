// Two businesses with something of everything, people of every kind, and the app listening on a port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '../../src/platform/crypto/ids.ts';
import { PASSWORD, type TestApp, testApp } from '../support/app.ts';
import { below } from '../support/factories.ts';
import { asks } from '../support/open-questions.ts';
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
  /** An answer of the bot. */
  messageId: string;
  /** A photo that was fetched already. */
  photoMessageId: string;
  broadcastId: string;
  questionId: string;
  goldenId: string;
  revisionId: string;
  photoId: string;
  upgradeId: string;
  importId: string;
  /** The first of two drafts. */
  draftId: string;
  invitationId: string;
  noteId: string;
  labelId: string;
  /** A saved reply. */
  replyId: string;
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
  async function operatorOf({ tenantId }: Things): Promise<RawClient & { things: Things }> {
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
  const aBot = below({ tenantId }).withUnconnectedBot();
  const [{ botId: bot }, { botId: otherBot }] = [await aBot.in(site), await aBot.in(site)];
  const chat = below({ tenantId, botId: bot }).withEntry().withConnection().withCustomer();
  const said = { direction: 'out', text: 'We open at nine', mode: 'knowledge' } as const;
  const { messageId, ...placed } = await chat.withMessages({ direction: 'in', text: 'Hello' }, said).in(site);
  const { entryId, connectionId, conversationId } = placed;
  const photo = { direction: 'in', text: '', kind: 'photo', attachment: '{"fileId": "F1"}' } as const;
  const { messageId: photoMessageId } = await below(placed).withMessages(photo).in(site);
  await site.sql.query(
    "INSERT INTO media_files (message_id, tenant_id, content, size) VALUES ($1, $2, '\\x89504e470d0a1a0a'::bytea, 8)",
    [photoMessageId, tenantId],
  );
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
  const questionId = newId();
  await asks(site, { tenantId, botId: bot, connectionId }, 'Do you bake on Sundays?', { by: { conversationId } });
  await site.sql.query(
    `WITH q AS (
       INSERT INTO open_questions (id, tenant_id, bot_id, state, answer, answered_at)
       VALUES ($1, $2, $3, 'answered', 'Yes.', now()) RETURNING id
     )
     INSERT INTO open_question_askers (attention_id, question_id, tenant_id, conversation_id, round, asked_at)
     SELECT a.id, q.id, a.tenant_id, a.conversation_id, 1, a.created_at FROM attention a, q WHERE a.tenant_id = $2`,
    [questionId, tenantId, bot],
  );
  const invitationId = newId();
  await site.sql.query(
    `INSERT INTO invitations (id, tenant_id, invited_by, token_hash, role, expires_at)
     VALUES ($1, $2, $3, $4, 'operator', now() + interval '1 day')`,
    [invitationId, tenantId, userId, invitationId],
  );
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
  const [importId, draftId] = [newId(), newId()];
  await site.sql.query(
    `WITH i AS (INSERT INTO knowledge_imports (id, tenant_id, bot_id, language) VALUES ($1, $2, $3, 'en')),
     s AS (INSERT INTO import_sources (id, tenant_id, import_id, position, kind, state)
       VALUES (gen_random_uuid(), $2, $1, 0, 'text', 'read') RETURNING id)
     INSERT INTO import_drafts (id, tenant_id, import_id, source_id, position, title, content, place, notes)
     SELECT d.id, $2, $1, s.id, d.position, 'Sunday bread', 'From eight', '{}', '[]'
     FROM s, (VALUES ($4::uuid, 0), (gen_random_uuid(), 1)) AS d (id, position)`,
    [importId, tenantId, bot, draftId],
  );
  const goldenId = newId();
  await site.sql.query(
    `INSERT INTO golden_questions (id, tenant_id, bot_id, question) VALUES ($1, $2, $3, 'Do you bake on Sundays?')`,
    [goldenId, tenantId, bot],
  );
  const revisions = await site.sql.query<{ id: string }>(
    `INSERT INTO revisions (tenant_id, bot_id, subject, subject_id, content)
     VALUES ($1, $2, 'entry', $3, '{"title": "Sundays", "content": "We bake."}') RETURNING id`,
    [tenantId, bot, entryId],
  );
  const [labelId, replyId] = [newId(), newId()];
  const noted = await site.sql.query<{ id: string }>(
    `WITH l AS (INSERT INTO labels (id, tenant_id, name, name_key, colour) VALUES ($4, $1, 'Cakes', 'cakes', 'warn')),
     r AS (INSERT INTO saved_replies (id, tenant_id, name, name_key, texts) VALUES ($5, $1, 'hours', 'hours', '{"en": "From nine"}'))
     INSERT INTO notes (tenant_id, conversation_id, author_id, text) VALUES ($1, $2, $3, 'Pays in cash') RETURNING id`,
    [tenantId, conversationId, userId, labelId, replyId],
  );
  const children = {
    noteId: String(noted.rows[0]?.id),
    labelId,
    replyId,
    importId,
    draftId,
    goldenId,
    revisionId: String(revisions.rows[0]?.id),
    entryId,
    connectionId,
    conversationId,
    messageId: String(messageId),
    photoMessageId: String(photoMessageId),
    broadcastId,
    photoId,
    upgradeId,
    questionId,
    invitationId,
  };
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
  messageId: '999999999',
  photoMessageId: '999999998',
  broadcastId: NOWHERE,
  questionId: NOWHERE,
  goldenId: NOWHERE,
  revisionId: '999999999',
  photoId: NOWHERE,
  upgradeId: NOWHERE,
  importId: NOWHERE,
  draftId: NOWHERE,
  invitationId: NOWHERE,
  noteId: '999999999',
  labelId: NOWHERE,
  replyId: NOWHERE,
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
    'messages/:messageId': things.messageId,
    'media/:messageId': things.photoMessageId,
    'notes/:noteId': things.noteId,
    'labels/:labelId': things.labelId,
    'replies/:replyId': things.replyId,
    'knowledge/:entryId': things.entryId,
    'import/:importId': things.importId,
    'drafts/:draftId': things.draftId,
    'broadcasts/:broadcastId': things.broadcastId,
    'questions/:questionId': things.questionId,
    'quality/:goldenId': things.goldenId,
    'revisions/:revisionId': things.revisionId,
    'photos/:photoId/:file': `${things.photoId}/guessed.png`,
    'photos/:photoId': things.photoId,
    'replies/:messageId/:file': `${things.messageId}/guessed.ogg`,
    'upgrades/:upgradeId': things.upgradeId,
    'reset-password/:token': 'no-such-token',
    'confirm-email/:token': 'no-such-token',
    'team/:userId': things.userId,
    'team/invitations/:invitationId': things.invitationId,
    'invitations/:token': 'no-such-token',
    'passkeys/:passkeyId': NOWHERE,
  };
  const filled = Object.entries(values).reduce(
    (address, [part, value]) => address.replace(part, part.replace(/:.*/, value)),
    path,
  );
  if (filled.includes(':')) throw new Error(`two-tenants.ts has no sample for ${path}`);
  return filled;
}

/** What the database holds of businesses and people, as one text that changes with any of it. */
export async function fingerprint({ sql }: Pick<TestApp, 'sql'>): Promise<string> {
  const tables = ['tenants', 'users', 'memberships', 'invitations', 'subscriptions', 'bots', 'connections', 'knowledge_entries'];
  const parts = [
    ...tables,
    'customers',
    'conversations',
    'messages',
    'broadcasts',
    'open_questions',
    'knowledge_imports',
    'import_drafts',
    'golden_questions',
    'broadcast_photos',
    'notes',
    'labels',
    'conversation_labels',
    'assignments',
    'conversation_reads',
    'person_links',
    'customer_fields',
    'customer_values',
    'saved_replies',
    'password_resets',
    'usage_months',
  ].map((table) => `(SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM ${table} t)`);
  const { rows } = await sql.query<{ state: string }>(`SELECT concat_ws(' ', ${parts.join(', ')}) AS state`);
  return rows[0]?.state ?? '';
}
