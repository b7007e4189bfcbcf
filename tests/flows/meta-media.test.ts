import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphAccount } from '../support/graph-emulator/graph-emulator.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';

const PICTURE = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const MEGABYTE = 1024 * 1024;

let business: MetaBusiness;
beforeAll(async () => {
  business = await startMetaBusiness();
  business.product.gemini.controls.answer = () => 'That is a loaf of bread.';
});
afterAll(() => business.close());

const answerTo = (account: GraphAccount, chatId: string) =>
  business.graph.waitFor(() => account.sent.find((sent) => sent.chatId === chatId), 'an answer');
const shownToAi = () =>
  business.product.gemini.requests.flatMap(({ body }) =>
    (body.contents.at(-1)?.parts ?? []).flatMap(({ inlineData }) => (inlineData ? [inlineData] : [])),
  );

test('a picture sent on WhatsApp is fetched with the token and shown to the AI, with its words', async () => {
  const { graph, whatsapp, product } = business;
  const id = graph.addMedia(whatsapp, PICTURE, 'image/jpeg');
  const content = { id, mime_type: 'image/jpeg', sha256: 'x', caption: 'What is this?' };
  const { externalId } = await graph.customerWrites(whatsapp, { from: '998901110001', type: 'image', content });
  await answerTo(whatsapp, '998901110001');

  expect(shownToAi().at(-1)).toEqual({ mimeType: 'image/jpeg', data: PICTURE.toString('base64') });
  expect(JSON.stringify(product.gemini.requests.at(-1)?.body.contents.at(-1))).toContain('What is this?');
  const paths = whatsapp.requests.map(({ method, path, token }) => `${method} ${path} ${token === whatsapp.token}`);
  expect(paths).toEqual(expect.arrayContaining([`GET ${id} true`, `GET media/${id} true`]));
  expect(whatsapp.read).toContain(externalId);
  expect(whatsapp.typing).toContain(externalId);
});

test('an Instagram picture is shown to the AI, and the customer sees read and typing marks', async () => {
  const { graph, instagram } = business;
  business.product.gemini.requests.length = 0;
  const url = graph.cdnUrl(graph.addMedia(instagram, PICTURE, 'image/png'));
  const message = { attachments: [{ type: 'image', payload: { url } }] };
  await graph.customerWrites(instagram, { from: '6843250472390200', message });
  await answerTo(instagram, '6843250472390200');

  expect(shownToAi().at(-1)).toEqual({ mimeType: 'image/jpeg', data: PICTURE.toString('base64') });
  expect(instagram.read).toContain('6843250472390200');
  expect(instagram.typing).toContain('6843250472390200');
});

test('a file over the AI’s limit is not fetched, and the customer is told', async () => {
  const { graph, whatsapp } = business;
  business.product.gemini.requests.length = 0;
  const id = graph.addMedia(whatsapp, Buffer.alloc(21 * MEGABYTE), 'image/jpeg');
  await graph.customerWrites(whatsapp, {
    from: '998901110002',
    type: 'image',
    content: { id, mime_type: 'image/jpeg', sha256: 'x' },
  });
  const reply = await answerTo(whatsapp, '998901110002');

  expect(reply.text.length).toBeGreaterThan(10);
  expect(shownToAi()).toEqual([]);
  expect(whatsapp.requests.map(({ path }) => path)).not.toContain(`media/${id}`);
});

test('a post that was shared without words is known to the questions after it', async () => {
  const { graph, instagram, product } = business;
  const from = '6843250472390188';
  const answers = () => instagram.sent.filter(({ chatId }) => chatId === from);
  const payload = { title: 'Asalli tort 140 000 soʻm', url: 'https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1' };
  await graph.customerWrites(instagram, { from, message: { attachments: [{ type: 'ig_post', payload }] } });
  await graph.waitFor(() => answers().length === 1, 'the answer to the post');
  await graph.customerWrites(instagram, { from, text: 'Ertaga tayyor boʻladimi?' });
  await graph.waitFor(() => answers().length === 2, 'the answer to the question');
  expect(product.gemini.requests.at(-1)?.body.contents[0]).toEqual({
    role: 'user',
    parts: [{ text: 'Asalli tort 140 000 soʻm' }],
  });
});
