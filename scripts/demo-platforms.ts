// The emulated platforms of `npm run demo`, with the bakery's accounts and its customers.
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionForm } from '../src/features/connections/connections.schema.ts';
import { startGraphEmulator } from '../tests/support/graph-emulator/graph-emulator.ts';
import { instagramDelivery, instagramEcho, newMid } from '../tests/support/graph-emulator/payloads.ts';
import { startTelegramEmulator } from '../tests/support/telegram-emulator/telegram-emulator.ts';
import type { DemoCustomer } from './demo-customers.ts';
import { cakePicture } from './demo-pictures.ts';

const BOT_TOKEN = `7000000301:${'DemoBakeryToken'.padEnd(35, '0')}`;
const BOT_NAME = 'oltin_non_demo_bot';
const VERIFY_TOKEN = 'demo-verify-token';
const GROUP = { id: -1_001_987_654_321, title: 'Chilonzor 9 qoʻshnilari' };
const PHOTO_PAUSE_MS = 60;

/** Who is answered besides the customers who write again and again. */
export const DEMO_CHATS: Record<string, string> = {
  [GROUP.id]: GROUP.title,
  306: 'Sevara',
  307: 'Botir',
  998907654321: 'Dilnoza',
  '6843250472390777': 'Азиза',
};

export interface DemoAnswer {
  to: string;
  text: string;
}

/** Starts the emulators on loopback ports. The site will be at `siteUrl`. */
export async function startDemoPlatforms(siteUrl: string) {
  const [telegram, graph] = await Promise.all([startTelegramEmulator(), startGraphEmulator()]);
  Object.assign(graph.controls, { siteUrl, receipts: true, echo: 'after' });
  const bot = telegram.addBot({ token: BOT_TOKEN, username: BOT_NAME, name: 'Oltin Non' });
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

    /** Meta's verification of the webhooks. */
    async handshake(): Promise<void> {
      const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': 'demo' });
      for (const { kind } of [number, account]) await fetch(`${siteUrl}/webhooks/${kind}?${query}`);
    },

    async writes(
      { channel, id, firstName, username, languageCode }: DemoCustomer,
      { text, shares }: { text: string; shares?: string },
    ): Promise<void> {
      if (channel === 'telegram') {
        telegram.customerSends(bot.id, { userId: Number(id), firstName, username, languageCode, text });
      } else {
        account.profiles.set(id, { name: firstName, username });
        // The site may be stopping: Meta would retry, the demo does not.
        await graph
          .customerWrites(channel === 'whatsapp' ? number : account, {
            from: id,
            name: firstName,
            text,
            ...(shares && sharing(shares)),
          })
          .catch(() => {});
      }
    },

    /** Two neighbours ask in a group; the others' talk there is none of the bot's. */
    groupAsks(): void {
      const says = (userId: number, firstName: string, text: string) =>
        telegram.customerSends(bot.id, { chatId: GROUP.id, group: { title: GROUP.title }, userId, firstName, text });
      says(311, 'Nodira', `@${BOT_NAME} bugun soat nechagacha ochiqsiz?`);
      says(312, 'Jamshid', 'Kechqurun hovliga chiqamizmi?');
      says(313, 'Dildora', `Patir necha pul, @${BOT_NAME}?`);
    },

    /** Three pictures with one question: one turn and one answer. */
    async albumAsks(): Promise<void> {
      const cakes = [cakePicture([94, 58, 38], [246, 226, 190]), cakePicture([232, 178, 96], [255, 250, 240])];
      cakes.push(cakePicture([240, 160, 180], [255, 255, 255]));
      for (const [at, bytes] of cakes.entries()) {
        const caption = at === 0 ? { caption: 'Shunday tort bir kilosi qancha turadi?' } : {};
        const photo = { fileId: `cake-${at}`, bytes };
        const sender = { userId: 306, firstName: 'Sevara', username: 'sevara_s', languageCode: 'uz' };
        telegram.customerSends(bot.id, { ...sender, albumId: 'cakes', photo, ...caption });
        await pause(PHOTO_PAUSE_MS);
      }
    },

    /** The answer is about the quoted post of the bakery's channel. */
    quoteAsks(): void {
      const channel = { id: -1_001_555, type: 'channel', title: 'Oltin Non kanali' };
      const more = {
        external_reply: { origin: { type: 'channel', chat: channel, message_id: 12, date: 1_795_000_000 }, chat: channel },
        quote: { text: 'Buyurtma tort, bir kilogrammi 🎂', position: 0 },
      };
      const sender = { userId: 307, firstName: 'Botir', username: 'botir_b', languageCode: 'uz' };
      telegram.customerSends(bot.id, { ...sender, text: 'Shu qancha turadi?', more });
    },

    /** A customer orders from WhatsApp's catalogue, which is for a person and not for the AI. */
    async customerOrders(from: string, name: string): Promise<void> {
      const item = (id: string, quantity: number, price: number) => ({
        product_retailer_id: id,
        quantity,
        item_price: price,
        currency: 'UZS',
      });
      const content = { catalog_id: '194836987003835', product_items: [item('SOMSA', 3, 9_750), item('PATIR', 2, 8_000)] };
      await graph.customerWrites(number, { from, name, type: 'order', content });
    },

    /** A colleague answers in Instagram's app, so the bot is silent there for a while. */
    async colleagueAnswers(customer: string, question: string, answer: string): Promise<void> {
      account.profiles.set(customer, { name: 'Азиза', username: 'aziza.t' });
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

    /** All answers so far, by platform. */
    answers: (): DemoAnswer[][] => [
      telegram.sent(bot.id).map(({ chatId, text }) => ({ to: String(chatId), text })),
      ...[number, account].map(({ sent }) => sent.map(({ chatId, text }) => ({ to: chatId, text }))),
    ],

    close: async (): Promise<void> => void (await Promise.all([telegram.close(), graph.close()])),
  };
}

/** A post of the business on Instagram. */
const sharing = (title: string) => ({
  message: {
    attachments: [{ type: 'ig_post', payload: { title, url: 'https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1' } }],
  },
});

export type DemoPlatforms = Awaited<ReturnType<typeof startDemoPlatforms>>;
