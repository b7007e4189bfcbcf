// A channel that exists only in this test: definition, registry line, texts. A migration would add its enum value.
import { createHmac } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { postForm, type TestApp, testApp } from '../support/app.ts';
import { idOf, makeBot, newOwner } from '../support/owner.ts';

const { pigeon, sent } = vi.hoisted(() => {
  const sent: { credentials: object; chatId: string; text: string }[] = [];
  const pigeon: import('#channels/channel.ts').ChannelDefinition = {
    kind: 'pigeon',
    name: 'Pigeon Post',
    icon: 'fa-dove',
    plan: 'FREE',
    fields: [
      { name: 'pigeonLoft', secret: false, pattern: /^loft-\d+$/ },
      { name: 'pigeonWhistle', secret: true },
      { name: 'pigeonSeal', secret: true },
      { name: 'pigeonColour', secret: false, optional: true },
    ],
    accountField: 'pigeonLoft',
    accountIdOf: ({ pigeonLoft = '' }) => pigeonLoft,
    textLimit: { max: 20, unit: 'utf16' },
    textForm: 'plain',
    replyWindowMs: null,
    outsideWindow: 'nothing',
    quietTimeMs: () => 0,
    typingMs: 1_000,
    marksRead: false,
    handlePrefix: '@',
    chatAddress: (username) => `pigeons.example/${username}`,
    webhook: {
      signatureHeader: 'x-pigeon-seal',
      platformSecrets: () => [],
      secretsOf: ({ pigeonSeal }) => (pigeonSeal ? [pigeonSeal] : []),
      isSigned: (secrets, rawBody, seal) => secrets.some((secret) => sealOf(secret, rawBody) === seal),
      accountsIn: (rawBody) => rawBody.toString('utf8').match(/loft-\d+/g) ?? [],
      decode: (payload) => {
        const { loft, letter, from, text } = payload as Record<string, string>;
        const sender = { platformUserId: from as string, firstName: 'Noah' };
        const letterOf = { externalId: letter as string, chatId: from as string, isGroup: false, addressed: true, sender };
        return [
          {
            accountId: loft as string,
            events: [{ kind: 'message', message: { ...letterOf, kind: 'text', text: text as string } }],
          },
        ];
      },
    },
    connect: () => ({
      check: async ({ pigeonLoft = '' }) => ({ ok: true, accountId: pigeonLoft, displayName: 'The loft', username: 'loft' }),
      async sendText(credentials, chatId, text) {
        sent.push({ credentials, chatId, text });
        return { ok: true, externalId: String(sent.length) };
      },
      showTyping: async () => {},
      markRead: async () => {},
      fetchMedia: async () => ({ ok: false, reason: 'rejected' }),
    }),
  };
  return { pigeon, sent };
});
const sealOf = (secret: string, body: Buffer | string): string => createHmac('sha256', secret).update(body).digest('base64');

vi.mock('#channels/registry.ts', async (original) => {
  const { CHANNELS } = await original<typeof import('#channels/registry.ts')>();
  return { CHANNELS: [...CHANNELS, pigeon] };
});
vi.mock('@prisma/client/runtime/client', async (original) => {
  const runtime = await original<typeof import('@prisma/client/runtime/client')>();
  const withPigeon = (schema: string) => schema.replace('enum Platform {', 'enum Platform {\n  pigeon');
  const getPrismaClient: typeof runtime.getPrismaClient = (config) =>
    runtime.getPrismaClient({ ...config, inlineSchema: withPigeon(config.inlineSchema) });
  return { ...runtime, getPrismaClient };
});

const WORDS = {
  platform: { pigeon: 'Pigeon Post' },
  form: { about: { pigeon: 'A loft with one bird or more' } },
  field: { pigeonLoft: 'Loft', pigeonWhistle: 'Whistle', pigeonSeal: 'Seal', pigeonColour: 'Colour' },
  help: { pigeonLoft: 'Its number', pigeonWhistle: 'Keep it secret', pigeonSeal: 'In wax', pigeonColour: 'As you like' },
  error: { malformed_pigeonLoft: 'A loft has a number' },
  webhook: { steps: { pigeon: 'Tell the pigeons where to fly' } },
};
const FORM = { platform: 'pigeon', pigeonLoft: 'loft-7', pigeonWhistle: 'peep-1234', pigeonSeal: 'red-wax' };

let site: TestApp;
let owner: Awaited<ReturnType<typeof newOwner>>;
let page: string;
beforeAll(async () => {
  site = await testApp({ ROLE: 'all', PUBLIC_URL: 'https://bots.example' });
  await site.sql.query(`ALTER TYPE "Platform" ADD VALUE 'pigeon'`);
  site.container.i18n.addResourceBundle('en', 'translation', { connections: WORDS }, true);
  await site.container.notifications.start();
  await site.container.worker.start();
  owner = await newOwner(site);
  page = await makeBot(owner.agent);
  await postForm(owner.agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
});
afterAll(async () => {
  await site.container.worker.stop();
  await site.container.notifications.stop();
  await site.close();
});

const connect = (fields: Record<string, string>) => postForm(owner.agent, `${page}/connections`, { ...FORM, ...fields }, page);
const deliver = (body: string, seal: string) =>
  request(site.app).post('/webhooks/pigeon').type('json').set('x-pigeon-seal', seal).send(body);

test.each(['/bots/new', 'the bot’s page'])('the form of %s has the channel with its fields and words', async (where) => {
  const { text } = await owner.agent.get(where.startsWith('/') ? where : page);
  for (const name of ['pigeonLoft', 'pigeonWhistle', 'pigeonSeal', 'pigeonColour']) expect(text).toContain(`name="${name}"`);
  for (const words of ['Pigeon Post', 'A loft with one bird or more', 'Whistle', 'In wax']) expect(text).toContain(words);
});

test('a malformed or missing field is refused at the field; an optional one may stay empty', async () => {
  const refused = await connect({ pigeonLoft: 'a barn', pigeonSeal: '' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('A loft has a number');
  expect(refused.text).toContain('Fill in this field.');

  expect((await connect({})).status).toBe(303);
});

test('the connection shows its account, icon, webhook, and only the end of its secret', async () => {
  const { text } = await owner.agent.get(page);
  for (const shown of ['The loft', '@loft', 'fa-dove', 'https://bots.example/webhooks/pigeon', '•••• 1234'])
    expect(text).toContain(shown);
  for (const secret of ['peep-1234', 'red-wax']) expect(text).not.toContain(secret);
  const { rows } = await site.sql.query('SELECT sealed_secrets AS sealed FROM connections WHERE bot_id = $1', [idOf(page)]);
  expect(rows[0]?.['sealed']).not.toMatch(/peep|wax/);
});

test('a signed delivery is stored, answered by the pipeline and sent in parts by the adapter', async () => {
  const body = JSON.stringify({ loft: 'loft-7', letter: 'l1', from: 'ark', text: 'Is there any dry land? Please tell us soon.' });
  expect((await deliver(body, sealOf('another', body))).status).toBe(401);
  expect((await deliver(body, sealOf('red-wax', body))).status).toBe(200);

  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(1), 60_000);
  expect(sent.every(({ chatId, text }) => chatId === 'ark' && text.length <= 20)).toBe(true);
  expect(sent[0]?.credentials).toEqual({ pigeonLoft: 'loft-7', pigeonWhistle: 'peep-1234', pigeonSeal: 'red-wax' });
  const { rows } = await site.sql.query("SELECT text FROM messages WHERE direction = 'in' AND external_id = 'l1'");
  expect(rows).toEqual([{ text: 'Is there any dry land? Please tell us soon.' }]);
});
