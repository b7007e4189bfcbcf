// What must hold after every fault, read from the emulators and from SQL, never from the product's own words.
import { expect } from 'vitest';
import type { Product } from './product.ts';
import type { BotState } from './telegram-emulator/bot-state.ts';

type World = Pick<Product, 'installation' | 'telegram'>;

/** Waits until nothing waits: no unanswered message, no unsent reply, no work. */
export async function untilSettled(world: World, limitMs = 60_000): Promise<void> {
  const open = `SELECT (SELECT count(*) FROM messages WHERE status IN ('received', 'pending', 'sending'))
    + (SELECT count(*) FROM conversation_work) AS open`;
  const settled = async (): Promise<boolean> =>
    world.telegram.bots().every(({ queue, revoked }) => revoked || queue.length === 0) &&
    Number((await world.installation.query<{ open: string }>(open))[0]?.open) === 0;
  await world.telegram.waitFor(settled, 'an end of the work', limitMs);
}

interface Row {
  account: string;
  chat: string;
  direction: 'in' | 'out';
  externalId: string | null;
  text: string;
  status: string;
}

const ROWS = `SELECT c.account_id AS account, v.chat_id AS chat, m.direction, m.external_id AS "externalId", m.text, m.status
  FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN connections c ON c.id = v.connection_id ORDER BY m.id`;

/**
 * I1 to I7 of the settled product. `doubled` is how many sends were in flight when a process was killed: so many replies may
 * have reached their customer twice. I8 needs broadcasts; I9 is measured by the tests that make one tenant suffer.
 */
export async function expectInvariants(world: World, { doubled = 0, usage = true } = {}): Promise<void> {
  const { installation, telegram } = world;
  const rows = await installation.query<Row>(ROWS);
  const live = new Set(
    (await installation.query<{ account: string }>('SELECT account_id AS account FROM connections')).map((row) => row.account),
  );
  const inbound = rows.filter(({ direction }) => direction === 'in');
  const bots = telegram.bots().filter(({ id }) => live.has(String(id)));

  const stored = inbound.map(({ account, externalId }) => `${account}/${externalId}`);
  expect(missing(bots.flatMap(acknowledged), stored), 'I1: every acknowledged update has its row').toEqual([]);
  expect(stored.length, 'I2: one row per external id').toBe(new Set(stored).size);

  const faults = bots.flatMap((bot) => compareChats(bot, rows));
  expect(
    faults.filter(({ fault }) => fault !== 'doubled'),
    'I3 and I4: what customers see is what is stored, in order',
  ).toEqual([]);
  expect(faults.length, 'I3: replies doubled beyond the sends in flight').toBeLessThanOrEqual(doubled);

  if (usage) await expectCharges(world);
  expect(telegram.overlappingPolls(), 'I6: one poller per token').toBe(0);
  const stuck = `SELECT count(*)::int AS count FROM conversation_work WHERE state = 'claimed'
    AND heartbeat_at < now() - interval '20 seconds'`;
  expect(await installation.query(stuck), 'I7: nothing stays claimed').toEqual([{ count: 0 }]);
}

/** I5: charges are the questions that the AI answered, delivered or not, tenant by tenant. */
async function expectCharges({ installation }: World): Promise<void> {
  const wrong = await installation.query(`
    SELECT t.id, coalesce(u.charged, 0) AS charged, coalesce(m.answered, 0) AS answered FROM tenants t
    LEFT JOIN (SELECT tenant_id, sum(ai_answers)::int AS charged FROM usage_months GROUP BY 1) u ON u.tenant_id = t.id
    LEFT JOIN (SELECT tenant_id, count(*)::int AS answered FROM messages
      WHERE (direction = 'in' AND charged_month IS NOT NULL) OR (direction = 'out' AND mode = 'ai' AND connection_id IS NULL)
      GROUP BY 1) m ON m.tenant_id = t.id
    WHERE coalesce(u.charged, 0) <> coalesce(m.answered, 0)`);
  expect(wrong, 'I5: charges are the questions that the AI answered').toEqual([]);
  const unpaid = await installation.query(`
    SELECT id FROM messages WHERE direction = 'out' AND mode = 'ai' AND connection_id IS NOT NULL AND charged_month IS NULL`);
  expect(unpaid, 'I5: every answer of the AI is charged').toEqual([]);
}

/** Updates with a message that Telegram has forgotten, because the product confirmed them. */
function acknowledged(bot: BotState): string[] {
  const waiting = new Set(bot.queue.map(({ update_id }) => update_id));
  return [...bot.delivered.values()]
    .filter(({ update_id, message }) => message?.chat.type === 'private' && !waiting.has(update_id))
    .map(({ message }) => `${bot.id}/${message?.chat.id}:${message?.message_id}`);
}

const missing = (wanted: string[], there: string[]): string[] => {
  const known = new Set(there);
  return wanted.filter((one) => !known.has(one));
};

interface ChatFault {
  fault: 'doubled' | 'lost' | 'order';
  chat: string;
  seen: string[];
  stored: string[];
}

/** Each chat of the bot as its customer sees it, beside the replies stored as sent. */
function compareChats(bot: BotState, rows: readonly Row[]): ChatFault[] {
  const chats = new Set([
    ...bot.sent.map(({ chatId }) => String(chatId)),
    ...rows.filter(({ account }) => account === String(bot.id)).map(({ chat }) => chat),
  ]);
  return [...chats].flatMap((chat): ChatFault[] => {
    const seen = bot.sent.filter(({ chatId }) => String(chatId) === chat).map(({ text }) => text);
    const stored = rows
      .filter((row) => row.account === String(bot.id) && row.chat === chat && row.direction === 'out' && row.status === 'sent')
      .map(({ text }) => text);
    // A reply sent again follows its first sending at once: the chat waits for it.
    const once = seen.filter((text, i) => text !== seen[i - 1] || text === stored[i]);
    if (once.join('\n') !== stored.join('\n'))
      return [{ fault: once.length < stored.length ? 'lost' : 'order', chat, seen, stored }];
    return Array.from({ length: seen.length - once.length }, () => ({ fault: 'doubled', chat, seen, stored }));
  });
}
