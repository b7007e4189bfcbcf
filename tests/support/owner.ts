// An owner who uses the site.
import { type Agent, postForm, register, type TestApp } from './app.ts';
import { below, type Shop } from './factories.ts';

export const aToken = (botId: number): string => `${botId}:${'A'.repeat(35)}`;

/** A signed-in owner of a business of their own, whose plan has room. */
export async function newOwner(
  site: TestApp,
  { maxBots = 100, language = 'uz' } = {},
): Promise<{ agent: Agent; tenantId: string; email: string }> {
  const agent = site.agent();
  const { email } = await register(agent);
  const { rows } = await site.sql.query<{ id: string }>(
    'UPDATE users u SET language = $2 FROM memberships m WHERE u.email = $1 AND m.user_id = u.id RETURNING m.tenant_id AS id',
    [email, language],
  );
  const tenantId = rows[0]?.id as string;
  await site.sql.query('UPDATE subscriptions SET max_bots = $2 WHERE tenant_id = $1', [tenantId, maxBots]);
  return { agent, tenantId, email };
}

/** Makes a bot through its form; gives the address of its page. */
export async function makeBot(agent: Agent, fields: Record<string, string> = {}): Promise<string> {
  const form = { name: 'Aida', systemPrompt: 'You help.', platform: 'telegram', telegramToken: '', ...fields };
  const done = await postForm(agent, '/bots', form);
  if (done.status !== 303) throw new Error(`making a bot answered ${done.status}: ${done.text}`);
  return done.headers['location'] as string;
}

export const idOf = (path: string): string => path.split('/')[2] as string;

export interface OwnedShop extends Shop {
  agent: Agent;
  email: string;
  /** The address of the bot's page. */
  bot: string;
}

/** An owner with a bot that has a connection; `bot` and `connection` change the form and the row. */
export async function newShop(
  site: TestApp,
  {
    bot: form = {},
    connection = {},
    language = 'en',
  }: { bot?: Record<string, string>; connection?: Record<string, unknown>; language?: string } = {},
): Promise<OwnedShop> {
  const { agent, tenantId, email } = await newOwner(site, { language });
  const botId = idOf(await makeBot(agent, form));
  const shop = await below({ tenantId, botId }).withConnection(connection).in(site);
  return { agent, email, bot: `/bots/${botId}`, ...shop };
}
