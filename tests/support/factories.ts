// Rows as the product leaves them, on a real database: aBusiness().withBot().withCustomer().in(database).
import { newId } from '../../src/platform/crypto/ids.ts';

/** A Database, a TestApp or an Installation. */
interface Rows {
  sql: { query<Row extends object>(text: string, values?: unknown[]): Promise<{ rows: Row[] }> };
}
type Fields = Record<string, unknown>;

export interface BotIds {
  tenantId: string;
  botId: string;
}
export interface Shop extends BotIds {
  connectionId: string;
}
export interface Conversation extends BotIds {
  /** Null in the playground. */
  connectionId: string | null;
  conversationId: string;
}

export interface SeededMessage {
  direction: 'in' | 'out';
  text: string;
  kind?: string;
  status?: string;
  mode?: string;
  reason?: string;
  sources?: { id: string; title: string }[];
  /** JSON. */
  attachment?: string;
  replyTo?: number;
  at?: Date;
}

/** Fields of a customer's conversation. `why` says why it waits for the staff. */
export interface SeededCustomer {
  firstName?: string;
  why?: string | null;
  at?: Date;
}

type Step = (db: Rows, ids: Fields) => Promise<Fields>;

/** What is to be written, in order. Nothing is written before `in`, which gives the ids. Each call of `in` writes new rows. */
class Business<Ids extends object> {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** A bot with a connection. */
  withBot(bot: Fields = {}, connection: Fields = {}): Business<Ids & Shop> {
    return this.withUnconnectedBot(bot).withConnection(connection);
  }

  withUnconnectedBot(bot: Fields = {}): Business<Ids & BotIds> {
    return this.#then((db, { tenantId }) =>
      row(db, 'bots', 'botId', { tenantId, name: 'Aida', systemPrompt: 'Be kind.', ...bot }),
    );
  }

  /** A connection of the bot, on Telegram by default. Nothing polls it: its secrets cannot be opened. */
  withConnection(fields: Fields = {}): Business<Ids & Shop> {
    return this.#then((db, { tenantId, botId }) => {
      const id = newId();
      const shop = { platform: 'telegram', accountId: id, displayName: 'Shop', username: 'shop_bot', state: 'ACTIVE' };
      const secrets = { sealedSecrets: 'v1:x:x:x:x', secretLast4: 'AAAA' };
      return row(db, 'connections', 'connectionId', { id, tenantId, botId, ...shop, ...secrets, ...fields });
    });
  }

  withEntry({ title = 'Hours', content = 'Open from nine to five.' } = {}): Business<Ids & { entryId: string }> {
    return this.#then((db, { tenantId, botId }) => row(db, 'knowledge_entries', 'entryId', { tenantId, botId, title, content }));
  }

  /** A customer of the connection with a private chat. Without a connection it is a conversation of the playground. */
  withCustomer({ firstName = 'Aziz', why = null, at = new Date() }: SeededCustomer = {}): Business<Ids & Conversation> {
    return this.#then(async (db, { tenantId, botId, connectionId = null }) => {
      const [id, customerId] = [newId(), connectionId ? newId() : null];
      const place = { tenantId, botId, connectionId };
      if (customerId) await row(db, 'customers', 'id', { id: customerId, ...place, platformUserId: customerId, firstName });
      const waits = why && { needsPersonAt: new Date(), needsPersonWhy: why };
      return row(db, 'conversations', 'conversationId', { id, ...place, customerId, chatId: id, lastMessageAt: at, ...waits });
    });
  }

  /** Messages of the conversation; the id is the last one's. */
  withMessages(...messages: SeededMessage[]): Business<Ids & { messageId: number }> {
    return this.#then(async (db, ids) => {
      let messageId: number | undefined;
      for (const message of messages) messageId = await addMessage(db, ids as unknown as Conversation, message);
      return { messageId };
    });
  }

  async in(db: Rows): Promise<Ids> {
    let ids: Fields = {};
    for (const step of this.#steps) ids = { ...ids, ...(await step(db, ids)) };
    return ids as Ids;
  }

  #then<More extends object>(step: Step): Business<Ids & More> {
    return new Business([...this.#steps, step]);
  }
}

/** A tenant whose plan has `maxMessages` AI answers a month. */
export function aBusiness({ name = 'Non', maxBots = 1, maxMessages = 1_000 } = {}): Business<{ tenantId: string }> {
  return new Business([
    (db) => row(db, 'tenants', 'tenantId', { name }),
    async (db, { tenantId }) => {
      await row(db, 'subscriptions', 'id', { tenantId, maxBots, maxMessagesPerMonth: maxMessages });
      return {};
    },
  ]);
}

/** Further rows below what is there. */
export const below = <Ids extends { tenantId: string }>(ids: Ids): Business<Ids> => new Business([async () => ({ ...ids })]);

/** Adds a message to the conversation; gives its id. */
export async function addMessage(
  db: Rows,
  {
    tenantId,
    conversationId,
    connectionId = null,
  }: Pick<Conversation, 'tenantId' | 'conversationId'> & { connectionId?: string | null },
  { direction, text, kind = 'text', sources, replyTo, at = new Date(), ...rest }: SeededMessage,
): Promise<number> {
  const status = direction === 'in' ? 'answered' : 'sent';
  const place = { tenantId, conversationId, connectionId };
  const links = { sources: sources && JSON.stringify(sources), replyToId: replyTo, createdAt: at };
  return insert<number>(db, 'messages', { ...place, direction, text, kind, status, ...links, ...rest });
}

/** `count` customers with a private chat each, who wrote `ago`; their chats are `<prefix><number>` from `first` on. */
export async function addAudience(
  { sql }: Rows,
  { connectionId }: Pick<Shop, 'connectionId'>,
  count: number,
  { prefix = '', first = 1, ago = '1 hour' } = {},
): Promise<void> {
  await sql.query(
    `WITH audience AS (
       INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name, language)
       SELECT gen_random_uuid(), tenant_id, bot_id, id, $2 || n, 'Customer ' || n, 'en'
       FROM connections, generate_series($3::int, $3::int + $4::int - 1) n WHERE id = $1
       RETURNING *
     )
     INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, last_message_at)
     SELECT gen_random_uuid(), tenant_id, bot_id, connection_id, id, platform_user_id, now() - $5::interval FROM audience`,
    [connectionId, prefix, first, count, ago],
  );
}

/** Inserts a row with a new id, unless it has one; gives the id under `name`. */
async function row(db: Rows, table: string, name: string, fields: Fields): Promise<Fields> {
  return { [name]: await insert(db, table, { id: newId(), ...fields }) };
}

async function insert<Id = string>({ sql }: Rows, table: string, fields: Fields): Promise<Id> {
  const columns = Object.keys(fields).map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const { rows } = await sql.query<{ id: Id }>(
    `INSERT INTO ${table} (${columns}) VALUES (${columns.map((_, i) => `$${i + 1}`)}) RETURNING id`,
    Object.values(fields).map((value) => value ?? null),
  );
  return (rows[0] as { id: Id }).id;
}
