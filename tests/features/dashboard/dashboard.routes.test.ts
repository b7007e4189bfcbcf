import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { openStream } from '../../support/open-stream.ts';
import { idOf, makeBot, newOwner, newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const inEnglish = () => newOwner(site, { language: 'en' });

const doneSteps = (html: string): number => (html.match(/<li class="is-done">/g) ?? []).length;

test('a visitor is sent to the login page', async () => {
  expect((await site.agent().get('/dashboard')).headers['location']).toBe('/login?returnTo=%2Fdashboard');
});

test('a new owner sees the first steps, which tick themselves and disappear', async () => {
  const { agent, tenantId } = await inEnglish();
  const steps = async (): Promise<number> => doneSteps((await agent.get('/dashboard')).text);
  expect(await steps()).toBe(0);

  const botId = idOf(await makeBot(agent));
  expect(await steps()).toBe(1);
  await below({ tenantId, botId }).withEntry().in(site);
  expect(await steps()).toBe(2);
  await below({ tenantId, botId }).withCustomer().in(site);
  expect(await steps()).toBe(3);
  const shop = await below({ tenantId, botId }).withConnection().in(site);
  expect(await steps()).toBe(4);

  await site.sql.query('UPDATE connections SET first_message_at = now() WHERE id = $1', [shop.connectionId]);
  await below(shop).withCustomer().withMessages({ direction: 'out', text: 'Yes', mode: 'ai' }).in(site);
  expect((await agent.get('/dashboard')).text).not.toContain('First steps');
});

test('a failing channel with its remedy, waiting customers and unanswered ones come first', async () => {
  const { agent, ...shop } = await newShop(site);
  expect((await agent.get('/dashboard')).text).toContain('Nobody is waiting');

  await site.sql.query("UPDATE connections SET state = 'FAILED', failure_reason = 'polled_elsewhere' WHERE id = $1", [
    shop.connectionId,
  ]);
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  await below(shop).withCustomer({ firstName: 'Asker', why: 'asked' }).in(site);
  for (const [firstName, minutes] of [
    ['Stuck', 6],
    ['Fresh', 1],
  ] as const) {
    const unanswered = { direction: 'in', text: 'Hello?', status: 'received', at: minutesAgo(minutes) } as const;
    await below(shop).withCustomer({ firstName }).withMessages(unanswered).in(site);
  }

  const { text } = await agent.get('/dashboard');
  expect(text).toContain('Another program is receiving');
  expect(text).toContain('Stop the other program');
  expect(text).toContain('Asker');
  expect(text).toContain('Stuck');
  expect(text).not.toContain('Fresh');
});

test('who has waited longest comes first, with the last question and not a command', async () => {
  const { agent, ...shop } = await newShop(site);
  for (const [firstName, minutes] of [
    ['Late', 5],
    ['Early', 50],
  ] as const) {
    const at = new Date(Date.now() - minutes * 60_000);
    const asked = { direction: 'in', text: `Is it open, asks ${firstName}?`, at } as const;
    const customer = await below(shop)
      .withCustomer({ firstName, why: 'asked' })
      .withMessages(asked, { direction: 'in', text: 'operator kerak', at }, { direction: 'in', text: '/human', at })
      .in(site);
    await site.sql.query('UPDATE conversations SET needs_person_at = $2 WHERE id = $1', [customer.conversationId, at]);
  }
  const { text } = await agent.get('/dashboard');
  expect(text.match(/Is it open, asks \w+/g)).toEqual(['Is it open, asks Early', 'Is it open, asks Late']);
});

test('it says how long each waits, and leads to who has waited longest', async () => {
  const { agent, bot, ...shop } = await newShop(site);
  const { conversationId } = await below(shop).withCustomer({ firstName: 'Early', why: 'asked' }).in(site);
  await site.sql.query("UPDATE conversations SET needs_person_at = now() - interval '50 minutes' WHERE id = $1", [
    conversationId,
  ]);
  const { text } = await agent.get('/dashboard');
  expect(text).toMatch(/waits 5[01] min/);
  expect(text).toContain(`href="${bot}/conversations/${conversationId}">Answer the next`);
});

test('today’s figures tell the AI’s answers from the staff’s, without broadcasts and what failed', async () => {
  const { agent: _agent, ...shop } = await newShop(site);
  const out = { direction: 'out', text: 'Yes' } as const;
  await below(shop)
    .withCustomer()
    .withMessages(
      { direction: 'in', text: 'Open?' },
      { ...out, mode: 'ai' },
      { ...out, mode: 'person' },
      { ...out, mode: 'broadcast' },
      { ...out, mode: 'ai', status: 'failed' },
      { ...out, mode: 'ai', at: new Date(Date.now() - 3 * 86_400_000) },
    )
    .in(site);
  const { dashboard } = site.container.features.dashboard.api;
  const figures = await dashboard.today(shop.tenantId, new Date(), 'UTC');
  expect(figures).toEqual({ received: 1, answered: 2, byAi: 1, byStaff: 1, handedOver: 0 });
});

test('a banner with a button says that the plan ends or the answers run out', async () => {
  const { agent, tenantId } = await newShop(site);
  const shown = async () => (await agent.get('/dashboard')).text;
  expect(await shown()).not.toContain('To the plan');
  await site.sql.query("UPDATE subscriptions SET ends_at = now() + interval '50 hours' WHERE tenant_id = $1", [tenantId]);
  expect(await shown()).toMatch(/in 3 days\.[\s\S]*To the plan/);
  await site.sql.query('UPDATE subscriptions SET ends_at = NULL, max_messages_per_month = 0 WHERE tenant_id = $1', [tenantId]);
  expect(await shown()).toContain('The AI answers of this month are used up');
});

test('an open dashboard is told of a new customer who waits', async () => {
  const { agent, ...shop } = await newShop(site);
  const version = /data-version="(\w+)"/.exec((await agent.get('/dashboard')).text)?.[1];
  const stream = await openStream(agent, `/dashboard/events?seen=${version}`);
  expect(stream.text).not.toContain('event: changed');
  await below(shop).withCustomer({ firstName: 'Newcomer', why: 'asked' }).in(site);
  await expect.poll(() => stream.text, { timeout: 20_000 }).toContain('event: changed');
  stream.hangUp();
  expect((await agent.get('/dashboard/live')).text).toContain('Newcomer');
});

test('a page that was open for minutes is renewed in order, and its session is saved by the way', async () => {
  const { agent } = await newShop(site);
  await site.sql.query("UPDATE sessions SET last_seen_at = now() - interval '10 minutes'");
  const stream = await openStream(agent, '/dashboard/events');
  site.container.features.dashboard.streams.close();
  await expect.poll(() => stream.ended).toBe(true);
  const old = "SELECT count(*)::int AS n FROM sessions WHERE last_seen_at < now() - interval '9 minutes' AND user_id = $1";
  const { rows } = await site.sql.query<{ id: string }>('SELECT user_id AS id FROM sessions ORDER BY created_at DESC LIMIT 1');
  await expect.poll(async () => (await site.sql.query(old, [rows[0]?.id])).rows).toEqual([{ n: 0 }]);
});

test('today is the day in the business’s zone, and the playground is not counted', async () => {
  const { agent: _agent, ...shop } = await newShop(site);
  const { tenantId, botId } = shop;
  const { dashboard } = site.container.features.dashboard.api;
  await below(shop)
    .withCustomer({ at: new Date('2026-11-21T18:59:00Z') })
    .in(site);
  await below(shop)
    .withCustomer({ at: new Date('2026-11-21T19:01:00Z') })
    .in(site);
  await below({ tenantId, botId })
    .withCustomer({ at: new Date('2026-11-21T19:02:00Z') })
    .in(site);

  const now = new Date('2026-11-22T10:00:00Z');
  expect((await dashboard.numbers(tenantId, now, 'Asia/Tashkent')).conversationsToday).toBe(1);
  expect((await dashboard.numbers(tenantId, now, 'UTC')).conversationsToday).toBe(0);
});

test('nothing of another tenant is shown', async () => {
  const mine = await newShop(site, { bot: { name: 'Private bot' } });
  await below(mine).withCustomer({ firstName: 'Private person', why: 'asked' }).in(site);

  const { text } = await (await inEnglish()).agent.get('/dashboard');
  expect(text).not.toContain('Private');
  expect(text).not.toContain('class="count"');
});

test('without an AI owners see that answers come from knowledge only, and admins which setting is missing', async () => {
  const { agent, email } = await inEnglish();
  const shown = async (): Promise<boolean[]> => {
    const { text } = await agent.get('/dashboard');
    return [text.includes('from the knowledge alone'), text.includes('GEMINI_API_KEY')];
  };
  expect(await shown()).toEqual([true, false]);
  await site.sql.query('UPDATE users SET is_admin = true WHERE email = $1', [email]);
  expect(await shown()).toEqual([true, true]);
});
