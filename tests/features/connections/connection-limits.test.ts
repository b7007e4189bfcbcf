// What one business may ask the platforms for. The calls are counted in the emulators.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csrfOf, type TestApp, testApp } from '../../support/app.ts';
import { aToken, makeBot, newOwner } from '../../support/owner.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

let [telegram, site] = [{} as TelegramEmulator, {} as TestApp];
beforeAll(async () => {
  telegram = await startTelegramEmulator();
  site = await testApp({ TELEGRAM_API_ROOT: telegram.url });
});
afterAll(async () => {
  await site.close();
  await telegram.close();
});

/** Statuses of `count` forms sent ten at a time, and the last answer. */
async function flood(
  count: number,
  send: (i: number) => Promise<{ status: number; text: string; headers: Record<string, string> }>,
) {
  const all = [];
  for (let i = 0; i < count; i += 10) all.push(...(await Promise.all(Array.from({ length: 10 }, (_, j) => send(i + j)))));
  return { statuses: all.map(({ status }) => status), last: all.at(-1) };
}

test('wrong tokens without end get 429 with the form kept, by two processes together, and other businesses go on', async () => {
  const second = await site.another();
  try {
    const { agent } = await newOwner(site, { language: 'en' });
    const path = await makeBot(agent);
    const _csrf = csrfOf((await agent.get(path)).text);
    const bot = telegram.addBot({ token: aToken(640_000_001) });
    const wrong = { platform: 'telegram', telegramToken: `640000001:${'B'.repeat(35)}`, _csrf };
    const named = { name: 'Kept name', systemPrompt: 'Kind.' };
    const { statuses, last } = await flood(100, (i) =>
      i % 2
        ? agent.post(`${path}/connections`).type('form').send(wrong)
        : agent
            .post('/bots')
            .type('form')
            .send({ ...named, ...wrong }),
    );
    expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(60);
    expect(statuses.at(-1)).toBe(429);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect(last?.text).toContain('Wait a few minutes');
    const kept = await agent
      .post('/bots')
      .type('form')
      .send({ ...named, ...wrong, telegramToken: bot.token });
    expect([kept.status, kept.text.includes('Kept name'), kept.text.includes(bot.token)]).toEqual([429, true, false]);

    const other = await newOwner({ ...site, agent: second.agent });
    await makeBot(other.agent, { telegramToken: bot.token });
  } finally {
    await second.close();
  }
});

test('connecting many accounts that the platform confirms is not limited', async () => {
  const { agent } = await newOwner(site);
  for (let i = 0; i < 70; i++) await makeBot(agent, { telegramToken: telegram.addBot({ token: aToken(641_000_000 + i) }).token });
  expect((await agent.get('/bots')).status).toBe(200);
});

test('starts without end get 429', async () => {
  const { agent } = await newOwner(site, { language: 'en' });
  const path = await makeBot(agent, { telegramToken: telegram.addBot({ token: aToken(642_000_000) }).token });
  const _csrf = csrfOf((await agent.get(path)).text);
  const { statuses } = await flood(130, () => agent.post(`${path}/start`).type('form').send({ _csrf }));
  expect([statuses[0], statuses.at(-1)]).toEqual([303, 429]);
});
