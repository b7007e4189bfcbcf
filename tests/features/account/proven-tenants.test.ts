// S68: sign-ups without an end are no AI answers without an end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUsageService } from '../../../src/pipeline/usage.service.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type Agent, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
let reserve: (tenantId: string) => Promise<boolean>;
let refusal: (tenantId: string) => Promise<string>;
beforeAll(async () => {
  site = await testApp({ GEMINI_API_KEY: 'a-key-that-no-test-uses' });
  const usage = createUsageService({ database: site.container.database, customerMessagesPerMinute: 0 });
  reserve = async (tenantId) => (await usage.reserve(tenantId)) !== null;
  refusal = (tenantId) => usage.refusal(tenantId);
});
afterAll(() => site.close());

async function newOwner(fields: { email?: string } = {}) {
  const agent = site.agent();
  const person = await register(agent, fields);
  const user = await site.container.database.prisma.user.findUniqueOrThrow({
    where: { usernameKey: person.username.toLowerCase() },
    select: { memberships: true },
  });
  return { agent, ...person, tenantId: user.memberships[0]?.tenantId ?? '' };
}
async function taken(tenantId: string, tries: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: tries }, () => reserve(tenantId)));
  return answers.filter(Boolean).length;
}
async function connectChannel(tenantId: string, accountId: string): Promise<void> {
  const { prisma } = site.container.database;
  const botId = newId();
  await prisma.bot.create({ data: { id: botId, tenantId, name: 'Bot', systemPrompt: '' } });
  const rest = { platform: 'telegram', state: 'ACTIVE', sealedSecrets: '', secretLast4: '', accountId } as const;
  await prisma.connection.create({ data: { id: newId(), tenantId, botId, ...rest } });
}
const leave = (agent: Agent) => postForm(agent, '/account/delete', { password: PASSWORD }, '/account');

test('a new business has 20 answers to try its bot out, of however many tries at once; a proven channel gives the rest', async () => {
  const { tenantId } = await newOwner();
  expect(await taken(tenantId, 60)).toBe(20);
  expect(await refusal(tenantId)).toBe('unproven');
  await connectChannel(tenantId, '111');
  expect(await taken(tenantId, 10)).toBe(10);
});

test('the link in the mail that the account page sends confirms the address, once', async () => {
  const { agent, email, tenantId } = await newOwner();
  await taken(tenantId, 20);
  expect((await agent.get('/account')).text).toContain('action="/account/confirm-email"');
  expect((await postForm(agent, '/account/confirm-email', {}, '/account')).status).toBe(303);
  const mail = (await site.mails()).findLast(({ to }) => to === email);
  const link = /\/confirm-email\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  expect(await taken(tenantId, 5)).toBe(0);

  expect((await postForm(agent, link, {}, link)).status).toBe(303);
  expect(await taken(tenantId, 5)).toBe(5);
  expect((await agent.get('/account')).text).not.toContain('action="/account/confirm-email"');
  expect((await agent.get(link)).status).toBe(410);
});

test.each([
  'e-mail',
  'channel',
] as const)('who deletes the account and comes back with the same %s goes on with the month', async (kept) => {
  const [first, accountId] = [await newOwner(), `9${kept.length}`];
  await connectChannel(first.tenantId, accountId);
  const most = await taken(first.tenantId, 150);
  expect(most).toBe(100);
  expect((await leave(first.agent)).status).toBe(303);
  const rows = await site.container.database.prisma.usedAnswers.findMany();
  expect(JSON.stringify(rows)).not.toContain(first.email);

  const again = await newOwner(kept === 'e-mail' ? { email: first.email } : {});
  await connectChannel(again.tenantId, kept === 'channel' ? accountId : `8${kept.length}`);
  expect(await taken(again.tenantId, 20)).toBe(0);
  const stranger = await newOwner();
  await connectChannel(stranger.tenantId, `7${kept.length}`);
  expect(await taken(stranger.tenantId, 20)).toBe(20);
});
