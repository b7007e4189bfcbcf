import { addAudience } from './factories.ts';
import type { Product } from './product.ts';
import type { BotState } from './telegram-emulator/bot-state.ts';

/** Customers of the product's one bot who wrote a day ago, as the message path would have left them: chats from `firstChat` on. */
export async function seedPastCustomers(
  { installation }: Product,
  bot: BotState,
  { firstChat, count }: { firstChat: number; count: number },
): Promise<void> {
  for (let n = 0; n < count; n += 1) bot.knownChats.add(firstChat + n);
  const [connection] = await installation.query<{ id: string }>('SELECT id FROM connections');
  await addAudience(installation, { connectionId: connection?.id as string }, count, { first: firstChat, ago: '1 day' });
}
