import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';
import { asks } from '../../support/open-questions.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

// The zone of the business is Asia/Tashkent, five hours before UTC.
const at = (hour: number) => new Date(Date.UTC(2031, 4, 5, hour, 3));
const mailsTo = async (email: string) => (await site.mails()).filter(({ to }) => to === email);

async function askedShop() {
  const shop = await newShop(site, { language: 'en' });
  for (const [i, words] of ['chegirma bormi', 'есть скидки?', 'wifi bormi, see http://evil.example/x'].entries()) {
    await asks(site, shop, words, { at: new Date(at(14).getTime() + i) });
  }
  await site.container.features.questions.grouper.look();
  return shop;
}

test('the questions of the day are mailed once at 20:00 of the business, whatever number of processes runs', async () => {
  const shop = await askedShop();
  const other = await site.another();
  const minute = (now: Date) =>
    Promise.all([site.container, other.container].map(({ features }) => features.questions.jobs.everyMinute(now)));
  await minute(at(14));
  expect(await mailsTo(shop.email)).toEqual([]);
  await minute(at(15));
  await minute(new Date(at(15).getTime() + 60_000));
  const [mail, ...more] = await mailsTo(shop.email);
  expect([mail?.subject, more]).toEqual(['2 open questions today', []]);
  expect(mail?.text).toContain('2× chegirma bormi (Aida)');
  expect(mail?.text).toMatch(new RegExp(`http://\\S+/bots/${shop.botId}/questions\\?question=`));
  expect(mail?.text).toContain('http: //evil. example/x');
  await other.close();
});

test('when no process ran at 20:00 the mail comes later in the evening', async () => {
  const shop = await askedShop();
  const { jobs } = site.container.features.questions;
  await jobs.everyMinute(at(18));
  await jobs.everyMinute(new Date(at(18).getTime() + 60_000));
  expect((await mailsTo(shop.email)).map(({ subject }) => subject)).toEqual(['2 open questions today']);
});

test('a business that hears of its customers at a desk, and a day without a new question, get no mail', async () => {
  const shop = await askedShop();
  const quiet = await askedShop();
  const { features } = site.container;
  await site.sql.query(
    `INSERT INTO desk_links (id, tenant_id, user_id, account_id, chat_id, name)
     SELECT gen_random_uuid(), tenant_id, user_id, '700', '9001', 'Aziz' FROM memberships WHERE tenant_id = $1`,
    [shop.tenantId],
  );
  await features.questions.jobs.everyMinute(at(15));
  expect((await mailsTo(shop.email)).length).toBe(0);
  expect((await mailsTo(quiet.email)).length).toBe(1);
  await features.questions.jobs.everyMinute(new Date(at(15).getTime() + 2 * 86_400_000));
  expect((await mailsTo(quiet.email)).length).toBe(1);
});
