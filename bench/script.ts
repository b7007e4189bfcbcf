// The baseline: what a developer would write instead. grammY polls each bot, updates are answered concurrently, the history is in
// memory, and there is no database. run.ts starts it as a separate process.
import { type Content, GoogleGenerativeAI } from '@google/generative-ai';
import { Bot } from 'grammy';
import { BAKERY, BAKERY_KNOWLEDGE } from '../prisma/bakery.ts';
import { nameOf } from './bot-name.ts';

const HISTORY = 24;
const { TELEGRAM_API_ROOT = '', GEMINI_BASE_URL = '', GEMINI_API_KEY = '', TOKENS = '' } = process.env;

const knowledge = BAKERY_KNOWLEDGE.map(({ title, content }) => `${title}: ${content}`).join('\n');
const sdk = new GoogleGenerativeAI(GEMINI_API_KEY);

/** Polls and handles updates concurrently, as @grammyjs/runner does. */
async function run(token: string, index: number): Promise<void> {
  const systemInstruction = `You are ${nameOf(index)} ${BAKERY.bot.systemPrompt}\n${knowledge}`;
  const model = sdk.getGenerativeModel(
    { model: 'gemini-3.5-flash-lite', systemInstruction, generationConfig: { maxOutputTokens: 1_024 } },
    { baseUrl: GEMINI_BASE_URL },
  );
  const bot = new Bot(token, { client: { apiRoot: TELEGRAM_API_ROOT } });
  const histories = new Map<number, Content[]>();

  bot.on('message:text', async (ctx) => {
    const question: Content = { role: 'user', parts: [{ text: ctx.message.text }] };
    const history = histories.get(ctx.chat.id) ?? [];
    const { response } = await model.generateContent({ contents: [...history, question] });
    const text = response.text();
    histories.set(ctx.chat.id, [...history, question, { role: 'model', parts: [{ text }] }].slice(-HISTORY));
    await ctx.reply(text);
  });

  await bot.init();
  for (let offset = 0; ; ) {
    const updates = await bot.api.getUpdates({ offset, limit: 100, timeout: 30, allowed_updates: ['message'] });
    for (const update of updates) {
      offset = update.update_id + 1;
      bot.handleUpdate(update).catch((error: unknown) => console.error(error));
    }
  }
}

await Promise.all(TOKENS.split(',').map(run));
