// A template of WhatsApp chosen from the account's list, with its own fields, through the pages.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
let graph: GraphEmulator;
let meta: GraphAccount;
let shop: Awaited<ReturnType<typeof newShop>>;
beforeAll(async () => {
  graph = await startGraphEmulator();
  site = await testApp({ META_GRAPH_URL: graph.url });
  shop = await newShop(site, { language: 'en' });
  meta = graph.addNumber({ id: '106540352242922', token: 'EAAGtoken', appSecret: 'secret-of-the-app' });
  const header = { format: 'IMAGE' } as const;
  meta.templates.push({
    name: 'aksiya',
    language: 'uz',
    status: 'APPROVED',
    body: 'Salom {{ism}}',
    header,
    buttons: [{ type: 'URL', url: 'https://a/{{1}}' }],
  });
  meta.templates.push({ name: 'yopiq', language: 'uz', status: 'PAUSED', body: 'x' });
  const credentials = { whatsappAccessToken: meta.token, whatsappPhoneNumberId: meta.id, whatsappAppSecret: meta.appSecret };
  const { sealedSecrets } = site.container.secrets.sealCredentials(
    { id: shop.connectionId, tenantId: shop.tenantId },
    credentials,
    meta.token,
  );
  await site.sql.query(
    `UPDATE connections SET platform = 'whatsapp', account_id = $2, sealed_secrets = $3, proven_at = now() WHERE id = $1`,
    [shop.connectionId, meta.id, sealedSecrets],
  );
});
afterAll(async () => {
  await site.close();
  await graph.close();
});

const base = () => `${shop.bot}/broadcasts`;
const read = async (fields: Record<string, string> = {}) =>
  postForm(shop.agent, `${base()}/templates`, { text: 'Hi', ...fields }, base());
const chosen = { template: 'aksiya|uz', templateName: 'aksiya', templateLanguage: 'uz' };
const fields = {
  templateField1: 'header:image:0',
  templateValue1: 'https://non.uz/a.jpg',
  templateField2: 'body:text:ism',
  templateValue2: 'Aziz',
  templateField3: 'button:url:0',
  templateValue3: 'menyu',
};

test('the list holds what is approved; the chosen one shows its fields', async () => {
  const list = await read();
  expect(list.status).toBe(200);
  expect(list.text).toContain('value="aksiya|uz"');
  expect(list.text).not.toContain('yopiq');

  const shown = await read({ template: 'aksiya|uz' });
  for (const name of ['templateValue1', 'templateValue2', 'templateValue3']) expect(shown.text).toContain(`name="${name}"`);
  for (const words of ['Header: address of the picture', 'as ism', 'End of the button', 'Salom {{ism}}'])
    expect(shown.text).toContain(words);
});

test.each([
  ['a field is empty', { ...chosen, ...fields, templateValue2: '' }, 'Fill in this field.'],
  ['the picture has no https address', { ...chosen, ...fields, templateValue1: 'a.jpg' }, 'begins with https://'],
  ['another is chosen than shown', { ...chosen, ...fields, template: 'boshqa|uz' }, 'Show its fields'],
  ['a field is made up', { ...chosen, ...fields, templateField1: 'header:script:0' }, 'role="alert"'],
  ['a value has tabs', { ...chosen, ...fields, templateValue2: 'a\tb' }, 'without tabs'],
])('%s: refused with the reason', async (_, form, reason) => {
  const answer = await postForm(shop.agent, base(), { text: 'Hi', ...form }, base());
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(reason);
});

test('the preflight keeps the values, and the broadcast stores them', async () => {
  const preflight = await postForm(shop.agent, `${base()}/preview`, { text: 'Hi', ...chosen, ...fields }, base());
  expect(preflight.status).toBe(200);
  for (const [name, value] of Object.entries({ ...fields, templateName: 'aksiya', templateLanguage: 'uz' }))
    expect(preflight.text).toContain(`name="${name}" value="${value}"`);

  const done = await postForm(shop.agent, base(), { text: 'Hi', ...chosen, ...fields }, base());
  expect(done.status).toBe(303);
  const { rows } = await site.sql.query<{ template: object }>('SELECT template FROM broadcasts WHERE bot_id = $1', [shop.botId]);
  expect(rows[0]?.template).toEqual({
    name: 'aksiya',
    language: 'uz',
    parameters: ['Aziz'],
    values: [
      { part: 'header', type: 'image', key: '0', value: 'https://non.uz/a.jpg' },
      { part: 'body', type: 'text', key: 'ism', value: 'Aziz' },
      { part: 'button', type: 'url', key: '0', value: 'menyu' },
    ],
  });
});

test('a bot without WhatsApp has no templates', async () => {
  const other = await newShop(site, { language: 'en' });
  const page = await postForm(other.agent, `${other.bot}/broadcasts/templates`, { text: 'Hi' }, `${other.bot}/broadcasts`);
  expect([page.status, page.text.includes('aksiya')]).toEqual([200, false]);
});
