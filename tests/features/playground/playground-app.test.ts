import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';

let gemini: GeminiEmulator;
let site: TestApp;
beforeAll(async () => {
  gemini = await startGeminiEmulator();
  site = await testApp({ GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.url });
});
afterAll(async () => {
  await site.close();
  await gemini.close();
});

/** A new owner with a bot that knows one thing. */
async function ownerWithBot(): Promise<{ agent: Agent; path: string }> {
  const agent = site.agent();
  await register(agent);
  const made = await postForm(agent, '/bots', { name: 'Oltin Non', systemPrompt: 'Novvoyxona' }, '/bots/new');
  const path = /^\/bots\/[0-9a-f-]{36}/.exec(made.headers['location'] ?? '')?.[0] ?? '';
  await postForm(agent, `${path}/knowledge`, { title: 'Narxlar', content: 'Non narxi 5 000 soʻm.' }, `${path}/knowledge`);
  return { agent, path };
}

test('from sign-up to an answer: registered, bot made, entry written, question answered with its source', async () => {
  const { agent, path } = await ownerWithBot();
  const { text } = await agent.get(`${path}/playground`);
  const res = await agent
    .post(`${path}/playground`)
    .type('form')
    .set('Accept', 'application/json')
    .send({ text: 'Non narxi qancha?', _csrf: csrfOf(text) });

  expect(res.body).toMatchObject({ reply: 'Non narxi 5 000 soʻm.', mode: 'ai', sources: [{ title: 'Narxlar' }] });
});

test('an entry that was just changed is what the next answer rests on', async () => {
  const { agent, path } = await ownerWithBot();
  await postForm(agent, `${path}/knowledge`, { title: 'Bayram', content: 'Navroʻzda sumalak pishiramiz.' }, `${path}/knowledge`);
  await postForm(agent, `${path}/playground`, { text: 'Navroʻzda nima pishirasizlar?' }, `${path}/playground`);

  expect((await agent.get(`${path}/playground`)).text).toContain('Navroʻzda sumalak pishiramiz.');
});

test('without the CSRF field nothing is asked', async () => {
  const { agent, path } = await ownerWithBot();
  const before = gemini.requests.length;
  const res = await agent.post(`${path}/playground`).type('form').send({ text: 'Non?' });

  expect(res.status).toBe(403);
  expect(gemini.requests).toHaveLength(before);
});

test('who is not signed in is sent to the login page', async () => {
  const { path } = await ownerWithBot();
  const res = await site.agent().get(`${path}/playground`);

  expect(res.status).toBe(303);
  expect(res.headers['location']).toBe(`/login?returnTo=${encodeURIComponent(`${path}/playground`)}`);
});
