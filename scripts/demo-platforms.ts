// The emulated platforms of `npm run demo`: the bakery's accounts on them, and customers who write there.
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionForm } from '../src/features/connections/connections.schema.ts';
import { startGraphEmulator } from '../tests/support/graph-emulator/graph-emulator.ts';
import { instagramDelivery, instagramEcho, newMid } from '../tests/support/graph-emulator/payloads.ts';
import { startTelegramEmulator } from '../tests/support/telegram-emulator/telegram-emulator.ts';
import type { DemoCustomer } from './demo-customers.ts';

const BOT_TOKEN = `7000000301:${'DemoBakeryToken'.padEnd(35, '0')}`;
const VERIFY_TOKEN = 'demo-verify-token';

export interface DemoAnswer {
  /** The customer's id on the platform. */
  to: string;
  text: string;
}

/** Telegram, WhatsApp and Instagram on loopback ports; the site will be at `siteUrl`. */
export async function startDemoPlatforms(siteUrl: string) {
  const [telegram, graph] = await Promise.all([startTelegramEmulator(), startGraphEmulator()]);
  Object.assign(graph.controls, { siteUrl, receipts: true, echo: 'after' });
  const bot = telegram.addBot({ token: BOT_TOKEN, username: 'oltin_non_demo_bot', name: 'Oltin Non' });
  const number = graph.addNumber({ id: '106540352242922', token: 'EAAGdemobakery', appSecret: 'demo-whatsapp-secret' });
  const account = graph.addInstagram({ id: '17841405822304914', token: 'IGAAdemobakery', appSecret: 'demo-instagram-secret' });
  const connections: ConnectionForm[] = [
    {
      platform: 'whatsapp',
      whatsappAccessToken: number.token,
      whatsappPhoneNumberId: number.id,
      whatsappAppSecret: number.appSecret,
    },
    {
      platform: 'instagram',
      instagramAccessToken: account.token,
      instagramAccountId: account.id,
      instagramAppSecret: account.appSecret,
    },
  ];

  return {
    telegramToken: BOT_TOKEN,
    connections,
    settings: { TELEGRAM_API_ROOT: telegram.url, META_GRAPH_URL: graph.url, META_VERIFY_TOKEN: VERIFY_TOKEN },

    /** What Meta does when the webhooks are set up. */
    async handshake(): Promise<void> {
      const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': 'demo' });
      for (const { kind } of [number, account]) await fetch(`${siteUrl}/webhooks/${kind}?${query}`);
    },

    async writes({ channel, id, firstName, username, languageCode }: DemoCustomer, text: string): Promise<void> {
      if (channel === 'telegram') {
        telegram.customerSends(bot.id, { userId: Number(id), firstName, username, languageCode, text });
      } else {
        // The site may just be going down: Meta would try again, the demo does not.
        await graph
          .customerWrites(channel === 'whatsapp' ? number : account, { from: id, name: firstName, text })
          .catch(() => {});
      }
    },

    /** A colleague answers in Instagram's own app: the bot leaves that customer to them for a while. */
    async colleagueAnswers(customer: string, question: string, answer: string): Promise<void> {
      await graph.customerWrites(account, { from: customer, text: question });
      await graph
        .waitFor(() => account.sent.some(({ chatId }) => chatId === customer), 'the bot’s answer', 30_000)
        .catch(() => {});
      await pause(1_000);
      await graph.deliver(
        account,
        instagramDelivery(account, [instagramEcho(account, customer, { mid: newMid(), text: answer })]),
      );
    },

    /** All answers so far, in the order of the platforms. */
    answers: (): DemoAnswer[][] => [
      telegram.sent(bot.id).map(({ chatId, text }) => ({ to: String(chatId), text })),
      ...[number, account].map(({ sent }) => sent.map(({ chatId, text }) => ({ to: chatId, text }))),
    ],

    close: async (): Promise<void> => void (await Promise.all([telegram.close(), graph.close()])),
  };
}

export type DemoPlatforms = Awaited<ReturnType<typeof startDemoPlatforms>>;
