// I9, S71: forms that wait for the AI leave their places to the other pages of their business.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { csrfOf, type TestApp, testApp } from '../support/app.ts';
import { EMULATED_KEY } from '../support/gemini-emulator/gemini-emulator.ts';
import { asks } from '../support/open-questions.ts';
import { newShop } from '../support/owner.ts';

// More than the places of one business.
const FORMS = 7;
const TOPICS = ['delivery', 'parking', 'discounts', 'gluten', 'birthdays', 'wifi', 'terrace'];

const held: ServerResponse[] = [];
let isHeld = true;
let ai: Server;
let site: TestApp;
beforeAll(async () => {
  ai = createServer((_req, res) => {
    if (isHeld) held.push(res);
    else res.writeHead(400).end('{}');
  });
  await new Promise<void>((resolve) => ai.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(ai.address() as AddressInfo).port}`;
  site = await testApp({ GEMINI_BASE_URL: url, GEMINI_API_KEY: EMULATED_KEY });
});
afterAll(async () => {
  await site.close();
  ai.closeAllConnections();
  await new Promise((resolve) => ai.close(resolve));
});

test(`${FORMS} answers to open questions wait for the AI at once, and a page of the business is shown meanwhile`, async () => {
  const shop = await newShop(site);
  for (const topic of TOPICS) await asks(site, shop, `What about ${topic}?`, { language: 'en' });
  isHeld = false;
  await site.container.features.questions.grouper.look();
  isHeld = true;
  const list = await shop.agent.get(`${shop.bot}/questions`).set('Accept', 'application/json');
  const { text } = await shop.agent.get(`${shop.bot}/questions`);
  const answer = (id: string) =>
    shop.agent
      .post(`${shop.bot}/questions/${id}/answer`)
      .type('form')
      .send({ _csrf: csrfOf(text), title: `About ${id}`, content: 'Yes, we have that.' })
      .then(({ status }) => status);
  const forms = (list.body.items as { id: string }[]).map(({ id }) => answer(id));

  await vi.waitFor(() => expect(held).toHaveLength(FORMS), 20_000);
  expect((await shop.agent.get('/dashboard')).status).toBe(200);
  expect(held).toHaveLength(FORMS);
  isHeld = false;
  for (const res of held) res.writeHead(400).end('{}');
  expect(await Promise.all(forms)).toEqual(Array(FORMS).fill(303));
});
