import type { Product } from './product.ts';
import type { BotState } from './telegram-emulator/bot-state.ts';

/** Customers of the product's one bot who wrote long ago, as the message path would have left them: chats from `firstChat` on. */
export async function seedPastCustomers(
  { installation }: Product,
  bot: BotState,
  { firstChat, count }: { firstChat: number; count: number },
): Promise<void> {
  for (let n = 0; n < count; n += 1) bot.knownChats.add(firstChat + n);
  await installation.query(
    `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name, language)
     SELECT gen_random_uuid(), c.tenant_id, c.bot_id, c.id, ($1::int + n)::text, 'Customer', 'en'
     FROM connections c, generate_series(0, $2::int - 1) n`,
    [firstChat, count],
  );
  await installation.query(
    `INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, last_message_at)
     SELECT gen_random_uuid(), tenant_id, bot_id, connection_id, id, platform_user_id, now() - interval '1 day' FROM customers`,
  );
}
