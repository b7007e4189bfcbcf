import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDeskNotices } from '../../../src/features/desk/feature.ts';
import { createNoticesQueries } from '../../../src/features/notices/notices.queries.ts';
import { createNotices } from '../../../src/features/notices/notices.service.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { createI18n, type I18n } from '../../../src/platform/i18n/i18n.ts';
import type { Mail } from '../../../src/platform/mailer.ts';
import { createLimits } from '../../../src/web/limits.ts';
import { seedShop } from '../../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
let i18n: I18n;
let mails: Mail[];
let mailFails: boolean;
beforeAll(async () => {
  [opened, i18n] = await Promise.all([testDatabase(), createI18n()]);
});
afterAll(() => opened.close());
beforeEach(() => {
  mails = [];
  mailFails = false;
});

function notices(perTenantPoints = 30) {
  const limits = createLimits({ database: opened.database });
  return createNotices({
    notices: createNoticesQueries({ database: opened.database }),
    i18n,
    sendMail: async (mail) => {
      if (mailFails) throw new Error('no queue');
      mails.push(mail);
    },
    desks: createDeskNotices({ database: opened.database, notifications: { notify: async () => {} } as never }),
    perSubject: limits.limiter('notice', { points: 1, durationSeconds: 3_600 }),
    perTenant: limits.limiter('notices', { points: perTenantPoints, durationSeconds: 3_600 }),
    origin: 'https://bots.example.com',
  });
}

async function tenantOf(...people: { language: string; role?: 'owner' | 'operator'; suspended?: boolean }[]): Promise<string> {
  const { prisma } = opened.database;
  const tenantId = newId();
  await prisma.tenant.create({ data: { id: tenantId, name: 'Oltin Non' } });
  for (const { language, role = 'owner', suspended = false } of people) {
    const name = newId();
    const email = `${name}@${language}.example.com`;
    await prisma.user.create({
      data: {
        id: name,
        username: name,
        usernameKey: name,
        email,
        emailKey: email,
        passwordHash: '-',
        language,
        suspendedAt: suspended ? new Date() : null,
        memberships: { create: { tenantId, role } },
      },
    });
  }
  return tenantId;
}

const waiting = (tenantId: string, conversationId = newId(), customerName = 'Dilnoza') => ({
  tenantId,
  botName: 'Aida',
  botId: newId(),
  conversationId,
  customerName,
});

test('every owner, and nobody else, gets the mail in the own language', async () => {
  const tenantId = await tenantOf(
    { language: 'uz' },
    { language: 'ru' },
    { language: 'en' },
    { language: 'en', role: 'operator' },
    { language: 'ru', suspended: true },
  );
  const notice = waiting(tenantId);
  await notices().needsPerson(notice);

  expect(mails.map(({ to }) => to.split('@')[1])).toEqual(['uz.example.com', 'ru.example.com', 'en.example.com']);
  expect(mails.map(({ text }) => /Assalomu|Здравствуйте|Hello/.exec(text)?.[0])).toEqual(['Assalomu', 'Здравствуйте', 'Hello']);
  expect(mails[2]?.subject).toBe('Aida: Dilnoza is waiting for a person');
  expect(mails[2]?.text).toContain(`https://bots.example.com/bots/${notice.botId}/conversations/${notice.conversationId}`);
  expect(mails[2]?.text).toContain('Oltin Non');
});

test('a conversation causes one notice an hour', async () => {
  const tenantId = await tenantOf({ language: 'en' });
  const notice = waiting(tenantId);
  await Promise.all(Array.from({ length: 10 }, () => notices().needsPerson(notice)));
  expect(mails).toHaveLength(1);
  await notices().needsPerson(waiting(tenantId));
  expect(mails).toHaveLength(2);
});

test('many waiting customers cause few mails', async () => {
  const tenantId = await tenantOf({ language: 'en' });
  const service = notices(3);
  for (let i = 0; i < 6; i++) await service.needsPerson(waiting(tenantId));
  expect(mails).toHaveLength(3);
});

test("a customer's name cannot add lines to the subject", async () => {
  const tenantId = await tenantOf({ language: 'en' });
  await notices().needsPerson(waiting(tenantId, newId(), `Eve\r\nBcc: all@example.com ${'x'.repeat(500)}`));
  expect(mails[0]?.subject).not.toMatch(/[\r\n]/);
  expect(mails[0]?.subject.length).toBeLessThanOrEqual(200);
});

test('a customer without a name is called a customer', async () => {
  await notices().needsPerson(waiting(await tenantOf({ language: 'en' }), newId(), ''));
  expect(mails[0]?.subject).toBe('Aida: A customer is waiting for a person');
});

test('the end of the month’s answers is mailed once, also with concurrent customers', async () => {
  const tenantId = await tenantOf({ language: 'en' });
  await Promise.all(Array.from({ length: 20 }, () => notices().quotaReached({ tenantId })));
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).toContain('https://bots.example.com/subscription');

  const month = { tenantId, month: new Date(`${new Date().toISOString().slice(0, 7)}-01`) };
  await opened.database.prisma.usageMonth.update({
    where: { tenantId_month: month },
    data: { limitNoticedAt: null, month: new Date('2020-01-01') },
  });
  await notices().quotaReached({ tenantId });
  expect(mails).toHaveLength(2);
});

test('a notice that could not be queued is sent later', async () => {
  const tenantId = await tenantOf({ language: 'en' });
  mailFails = true;
  await expect(notices().quotaReached({ tenantId })).rejects.toThrow('no queue');
  mailFails = false;
  await notices().quotaReached({ tenantId });
  expect(mails).toHaveLength(1);
});

test.each([
  'token_revoked',
  'polled_elsewhere',
  'webhook_set',
  'unreachable',
  'rejected',
  'plan_limit',
] as const)('a failed connection (%s) is mailed once, with the remedy', async (reason) => {
  const failure = { tenantId: await tenantOf({ language: 'ru' }), botName: 'Aida', botId: newId(), reason };
  await notices().connectionFailed(failure);
  await notices().connectionFailed(failure);
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).not.toContain('reasons.');
  expect(mails[0]?.text).toContain(`/bots/${failure.botId}`);
});

test('an owner with a desk reads notices there; the others get mails', async () => {
  const { prisma } = opened.database;
  const tenantId = await tenantOf({ language: 'en' }, { language: 'ru' });
  const [atDesk] = await prisma.membership.findMany({ where: { tenantId, user: { language: 'en' } } });
  const chat = { accountId: '700', chatId: '9001', name: 'Aziz' };
  const link = { id: newId(), tenantId, userId: atDesk?.userId as string, ...chat };
  await prisma.deskLink.create({ data: link });
  await notices().quotaReached({ tenantId });

  const [message] = await prisma.deskMessage.findMany({ where: { tenantId } });
  expect(message).toMatchObject({ linkId: link.id, kind: 'notice', content: { subject: expect.any(String) } });
  expect(mails.map(({ to }) => to.endsWith('@ru.example.com'))).toEqual([true]);

  mails = [];
  const customer = { botName: 'Aida', botId: newId(), conversationId: newId(), customerName: 'Laylo' };
  await notices().needsPerson({ tenantId, ...customer });
  expect(mails, 'a card tells it').toEqual([]);
});

test('notices of every kind reach the desk, in the member’s language and without a mail', async () => {
  const { prisma } = opened.database;
  const tenantId = await tenantOf({ language: 'ru' });
  const { userId } = await prisma.membership.findFirstOrThrow({ where: { tenantId } });
  await prisma.deskLink.create({ data: { id: newId(), tenantId, userId, accountId: '701', chatId: '9002', name: 'Aziz' } });
  const bot = { tenantId, botName: 'Aida', botId: newId() };
  const told = notices();
  await told.quotaReached({ tenantId });
  await told.connectionFailed({ ...bot, reason: 'token_revoked' });
  await told.accountWarning({ ...bot, notice: 'account_restricted' });
  await told.tokenNotRenewed({ ...bot, reason: 'unreachable', until: null });
  // The plan's end, the ceiling of cost, a finished import and worse answers.
  await told.tellOwners(tenantId, (t, { username }) => ({ subject: username, text: t('notices.footer', { tenant: 'x' }) }));
  const messages = await prisma.deskMessage.findMany({ where: { tenantId }, orderBy: { createdAt: 'asc' } });
  expect(messages.map(({ kind }) => kind)).toEqual(Array(5).fill('notice'));
  expect(JSON.stringify(messages.map(({ content }) => content))).toMatch(/Aida.*[а-я]/);
  expect(mails).toEqual([]);
});

test('a desk in the chat of the bot that broke gets nothing, so the owner gets a mail', async () => {
  const { prisma } = opened.database;
  const { tenantId, botId, connectionId } = await seedShop(opened.database);
  const other = await tenantOf({ language: 'en' });
  const { userId } = await prisma.membership.findFirstOrThrow({ where: { tenantId: other } });
  await prisma.membership.updateMany({ where: { userId }, data: { tenantId, role: 'owner' } });
  await prisma.deskLink.create({
    data: { id: newId(), tenantId, userId, connectionId, accountId: '702', chatId: '9003', name: 'Aziz' },
  });
  const tells = async (state: 'ACTIVE' | 'FAILED', failureReason: string | null): Promise<number> => {
    await prisma.connection.update({ where: { id: connectionId }, data: { state, failureReason, enabled: true } });
    mails = [];
    await notices().tellOwners(tenantId, () => ({ subject: 'A', text: 'B' }));
    return mails.length;
  };
  expect(await tells('ACTIVE', null)).toBe(0);
  expect(await tells('FAILED', 'token_revoked')).toBe(1);
  expect(await tells('FAILED', 'unreachable')).toBe(0);
  const question = 'Do you sell boats?';
  await tells('FAILED', 'token_revoked');
  mails = [];
  const customer = { botName: 'Aida', botId, conversationId: newId(), customerName: 'Laylo', question };
  await notices().needsPerson({ tenantId, ...customer });
  expect(mails.map(({ text }) => text.includes(question))).toEqual([true]);
});

test('a request for a person carries the customer’s own words on one line and without links', async () => {
  const tenantId = await tenantOf({ language: 'en' });
  const told = { tenantId, botName: 'Aida', botId: newId(), customerName: 'Lola' };
  const question = 'Where is\nmy order? http://evil.example/pay';
  await notices().needsPerson({ ...told, conversationId: newId(), question });
  expect(mails[0]?.text).toContain('“Where is my order? http: //evil. example/pay”');
});
