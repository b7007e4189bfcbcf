// A member who answers customers from a private chat with a bot.
import type { Product } from './product.ts';
import type { Visitor } from './site-visitor.ts';
import type { BotState, PressAnswer, SentMessage } from './telegram-emulator/bot-state.ts';
import type { CustomerMessage } from './telegram-emulator/customers.ts';

const LINK = /https:\/\/t\.me\/[\w]+\?start=(desk-[\w-]+)/;

/** The start parameter on the member's page. */
export async function deskCode(member: Visitor): Promise<string> {
  const { html } = await member.get('/account/telegram');
  const code = LINK.exec(html)?.[1];
  if (!code) throw new Error(`No link on the page:\n${html}`);
  return code;
}

export function deskMember(product: Product, bot: BotState, userId: number) {
  const { telegram } = product;
  const received = (): SentMessage[] => telegram.sent(bot).filter(({ chatId }) => chatId === userId);
  const has = (words: string) => received().find(({ text }) => text.includes(words));

  return {
    received,
    /** Waits for a message with these words. */
    gets: (words: string, timeoutMs = 30_000): Promise<SentMessage> =>
      telegram.waitFor(() => has(words), `“${words}” at the desk`, timeoutMs),
    writes: (text: string, replyTo?: SentMessage) =>
      telegram.customerSends(bot, { userId, languageCode: 'en', text, ...(replyTo && { replyTo: replyTo.messageId }) }),

    /** A photo, a voice note or another file. */
    sendsFile: (file: Omit<CustomerMessage, 'userId' | 'replyTo'>, replyTo?: SentMessage) =>
      telegram.customerSends(bot, { userId, languageCode: 'en', ...file, ...(replyTo && { replyTo: replyTo.messageId }) }),

    async link(member: Visitor, words = 'is now your desk'): Promise<void> {
      telegram.customerSends(bot, { userId, languageCode: 'en', text: `/start ${await deskCode(member)}` });
      await this.gets(words);
    },

    /** Presses the button with these words; gives what is shown. */
    async presses(card: SentMessage, label: string): Promise<PressAnswer> {
      const button = card.keyboard.flat().find(({ text }) => text === label);
      if (!button?.callback_data) throw new Error(`No button “${label}” among ${card.keyboard.flat().map(({ text }) => text)}`);
      return this.sends(card.messageId, button.callback_data);
    },

    /** Sends the data of a button, forged or not. */
    async sends(messageId: number, data: string): Promise<PressAnswer> {
      const id = telegram.customerSendsPress(bot, { userId, messageId, data });
      return telegram.waitFor(() => bot.presses.get(id), 'the answer to a press', 30_000);
    },
  };
}

export type DeskMember = ReturnType<typeof deskMember>;
