// An owner with bots, and conversations as the message path would have left them.
import { newId } from '../../src/platform/crypto/ids.ts';
import { type Agent, postForm, register, type TestApp } from './app.ts';

export const aToken = (botId: number): string => `${botId}:${'A'.repeat(35)}`;

/** A signed-in owner of a business of their own, whose plan has room. */
export async function newOwner(
  site: TestApp,
  { maxBots = 100 } = {},
): Promise<{ agent: Agent; tenantId: string; email: string }> {
  const agent = site.agent();
  const { email } = await register(agent);
  const { rows } = await site.sql.query<{ id: string }>(
    'SELECT m.tenant_id AS id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = $1',
    [email],
  );
  const tenantId = rows[0]?.id as string;
  await site.sql.query('UPDATE subscriptions SET max_bots = $2 WHERE tenant_id = $1', [tenantId, maxBots]);
  return { agent, tenantId, email };
}

/** Makes a bot through its form; gives the address of its page. */
export async function makeBot(agent: Agent, fields: Record<string, string> = {}): Promise<string> {
  const form = { name: 'Aida', systemPrompt: 'You help.', platform: 'telegram', telegramToken: '', ...fields };
  const done = await postForm(agent, '/bots', form, '/bots/new');
  if (done.status !== 303) throw new Error(`making a bot answered ${done.status}: ${done.text}`);
  return done.headers['location'] as string;
}

export const idOf = (path: string): string => path.split('/')[2] as string;

export interface SeededMessage {
  direction: 'in' | 'out';
  text: string;
  kind?: string;
  status?: string;
  mode?: string;
  reason?: string;
  sources?: { id: string; title: string }[];
  replyTo?: number;
  at?: Date;
}

/** A connection row that nothing polls. */
export async function seedConnection(site: TestApp, tenantId: string, botId: string, accountId = newId()): Promise<string> {
  const id = newId();
  await site.sql.query(
    `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, display_name, username, sealed_secrets, secret_last4, state)
     VALUES ($1, $2, $3, 'telegram', $4, 'Shop', 'shop_bot', 'v1:x:x:x:x', 'AAAA', 'ACTIVE')`,
    [id, tenantId, botId, accountId],
  );
  return id;
}

/** A customer's conversation on the connection; null: the playground's. */
export async function seedConversation(
  site: TestApp,
  { tenantId, botId, connectionId }: { tenantId: string; botId: string; connectionId: string | null },
  { firstName = 'Aziz', why = null, at = new Date() }: { firstName?: string; why?: string | null; at?: Date } = {},
): Promise<string> {
  const [id, customerId] = [newId(), newId()];
  if (connectionId) {
    await site.sql.query(
      `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name) VALUES ($1, $2, $3, $4, $5, $6)`,
      [customerId, tenantId, botId, connectionId, customerId, firstName],
    );
  }
  await site.sql.query(
    `INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, last_message_at, needs_person_at, needs_person_why)
     VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8::text IS NULL THEN NULL ELSE now() END, $8)`,
    [id, tenantId, botId, connectionId, connectionId && customerId, id, at, why],
  );
  return id;
}

/** Adds a message; gives its id. */
export async function seedMessage(
  site: TestApp,
  tenantId: string,
  conversationId: string,
  message: SeededMessage,
): Promise<number> {
  const { direction, text, kind = 'text', mode, reason, sources, replyTo, at = new Date() } = message;
  const status = message.status ?? (direction === 'in' ? 'answered' : 'sent');
  const { rows } = await site.sql.query<{ id: number }>(
    `INSERT INTO messages (tenant_id, conversation_id, direction, kind, text, status, mode, reason, sources, reply_to_id, created_at)
     VALUES ($1, $2, $3::"MessageDirection", $4, $5, $6::"MessageStatus", $7, $8, $9, $10, $11) RETURNING id`,
    [tenantId, conversationId, direction, kind, text, status, mode, reason, sources && JSON.stringify(sources), replyTo, at],
  );
  return rows[0]?.id as number;
}
