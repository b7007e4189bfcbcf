import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below, type Conversation } from '../../support/factories.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { newShop, type OwnedShop } from '../../support/owner.ts';

let gemini: GeminiEmulator;
let site: TestApp;
beforeAll(async () => {
  gemini = await startGeminiEmulator();
  site = await testApp({ GEMINI_BASE_URL: gemini.url, GEMINI_API_KEY: gemini.apiKey });
});
afterAll(async () => {
  await site.close();
  await gemini.close();
});

let shop: OwnedShop;
let chat: Conversation;
let page: string;
beforeEach(async () => {
  gemini.reset();
  await site.sql.query('DELETE FROM ai_problems');
  shop = await newShop(site);
  await site.sql.query("UPDATE users SET language = 'en'");
  chat = await below(shop).withCustomer({ why: 'asked' }).in(site);
  page = `${shop.bot}/conversations/${chat.conversationId}`;
  await postForm(
    shop.agent,
    `${shop.bot}/knowledge`,
    { title: 'Narxlar', content: 'Non narxi 5 000 soʻm.' },
    `${shop.bot}/knowledge`,
  );
  await wrote('Non narxi qancha?');
});

const wrote = (text: string, more = {}) => addMessage(site, chat, { direction: 'in', text, status: 'for_person', ...more });
const take = () =>
  site.sql.query("UPDATE conversations SET silenced_until = now() + interval '1 hour' WHERE id = $1", [chat.conversationId]);
const ask = async (agent: Agent = shop.agent) => {
  const token = csrfOf((await agent.get(page)).text);
  return agent.post(`${page}/suggestion`).type('form').set('Accept', 'application/json').send({ _csrf: token });
};
const used = async (): Promise<number> =>
  (
    await site.sql.query<{ used: number }>(
      'SELECT coalesce(sum(ai_answers), 0)::int AS used FROM usage_months WHERE tenant_id = $1',
      [shop.tenantId],
    )
  ).rows[0]?.used ?? -1;
const outgoing = async (): Promise<number> =>
  Number(
    (await site.sql.query("SELECT 1 FROM messages WHERE conversation_id = $1 AND direction = 'out'", [chat.conversationId]))
      .rowCount,
  );

test('what the bot would answer is shown above the composer, put into it, and never sent by itself', async () => {
  await take();
  const before = await outgoing();
  expect((await shop.agent.get(page)).text).toContain('What would the bot answer?');
  expect((await ask()).body).toEqual({ text: 'Non narxi 5 000 soʻm.' });

  const shown = (await shop.agent.get(page)).text;
  expect(shown).toContain('data-suggestion>Non narxi 5 000 soʻm.</p>');
  expect(shown).toContain('>Narxlar</a>');
  const used = (await shop.agent.get(`${page}?use=suggestion`)).text;
  expect(/<textarea[\s\S]*?>\s*([\s\S]*?)<\/textarea>/.exec(used)?.[1]).toBe('Non narxi 5 000 soʻm.');
  expect(await outgoing()).toBe(before);
});

test('it is made once for a customer’s message, however many ask, and again when the knowledge changed or they write on', async () => {
  await take();
  await Promise.all([ask(), ask(), ask()]);
  await ask();
  expect(await used()).toBe(1);
  await postForm(shop.agent, `${shop.bot}/knowledge`, { title: 'Manzil', content: 'Chilonzor 5' }, `${shop.bot}/knowledge`);
  await ask();
  expect(await used()).toBe(2);
  await wrote('Manzil qayerda?');
  expect((await shop.agent.get(page)).text).toContain('What would the bot answer?');
  await ask();
  expect(await used()).toBe(3);
});

test('without scripts the button leads back to the page', async () => {
  await take();
  const done = await postForm(shop.agent, `${page}/suggestion`, {}, page);
  expect([done.status, done.headers['location']]).toEqual([303, `${page}#reply`]);
});

test('what the bot does not know is said so, and costs what asking costs', async () => {
  await take();
  gemini.controls.answer = () => ({ answer: 'Aniqlab yozamiz.', status: 'unknown', missing: 'Non narxi qancha?' });
  expect((await ask()).body).toEqual({ text: '' });
  expect((await shop.agent.get(page)).text).toContain('The bot has no answer to this in its knowledge.');
});

test('with no answers left the knowledge answers', async () => {
  await take();
  await site.sql.query('UPDATE subscriptions SET max_messages_per_month = 0 WHERE tenant_id = $1', [shop.tenantId]);
  expect((await ask()).body.text).toContain('5 000');
  expect(await used()).toBe(0);
});

test('an AI that gives no answer is told in words, charges nothing, and can be asked again', async () => {
  await take();
  await wrote('Samolyotga bilet bormi?');
  gemini.controls.fault = 'no_credits';
  const failed = await ask();
  expect(failed.status).toBe(503);
  expect(failed.body.error).toBe('The credits of the AI key are used up.');
  expect(await used()).toBe(0);
  expect((await shop.agent.get(page)).text).toContain('What would the bot answer?');
});

test('where the bot answers by itself, where we had the last word, and for a command nothing is suggested', async () => {
  const offers = async (): Promise<boolean> => (await shop.agent.get(page)).text.includes('What would the bot answer?');
  await site.sql.query('UPDATE conversations SET needs_person_at = NULL, needs_person_why = NULL WHERE id = $1', [
    chat.conversationId,
  ]);
  expect(await offers()).toBe(false);
  await take();
  expect(await offers()).toBe(true);
  await addMessage(site, chat, { direction: 'out', text: 'Salom', mode: 'person' });
  expect(await offers()).toBe(false);
  await wrote('/start');
  expect(await offers()).toBe(false);
  await wrote('', { kind: 'photo' });
  expect(await offers()).toBe(false);
});

test('another business gets 404, and a withdrawn message keeps no suggestion', async () => {
  await take();
  await ask();
  const other = await newShop(site);
  const token = csrfOf((await other.agent.get('/dashboard')).text);
  expect((await other.agent.post(`${page}/suggestion`).type('form').send({ _csrf: token })).status).toBe(404);
  await site.sql.query('DELETE FROM messages WHERE conversation_id = $1', [chat.conversationId]);
  expect((await site.sql.query('SELECT 1 FROM suggestions WHERE tenant_id = $1', [shop.tenantId])).rowCount).toBe(0);
});
