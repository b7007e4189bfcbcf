import { expect, test } from 'vitest';
import { EnvError, readEnv } from '../../../src/env.ts';
import { createPayment } from '../../../src/features/billing/payment.ts';
import { testApp } from '../../support/app.ts';
import { newOwner } from '../../support/owner.ts';

/** The plan page, with no-break spaces as plain ones. */
async function planPage(env: Record<string, string>, change = '') {
  const site = await testApp(env);
  try {
    const { agent, tenantId } = await newOwner(site, { language: 'en' });
    if (change) await site.sql.query(`UPDATE subscriptions SET ${change} WHERE tenant_id = $1`, [tenantId]);
    return (await agent.get('/subscription').expect(200)).text.replaceAll('\u00a0', ' ');
  } finally {
    await site.close();
  }
}

const shownSum = (page: string) => /data-total="([A-Z]+ \d+)">\s*<b>To pay: ([^<]+)</.exec(page)?.slice(1);

test('the next plan is chosen, with its sum and where to pay it', async () => {
  const env = { PAYMENT_DETAILS_EN: 'Card 8600 <1234>\\nOltin Non', PAYMENT_URL: 'https://pay.example/oltin' };
  const page = await planPage(env, "type = 'STARTER'");
  expect(shownSum(page)).toEqual(['BASIC 1', '249 000 soʻm']);
  expect(page).toMatch(/data-total="BASIC 12" hidden>\s*<b>To pay: 2 988 000 soʻm/);
  expect(page).toContain('Card 8600 &lt;1234&gt;\nOltin Non');
  expect(page).toContain('href="https://pay.example/oltin"');
});

test('a plan that ends soon is chosen again', async () => {
  const page = await planPage({}, "type = 'STARTER', ends_at = now() + interval '2 days'");
  expect(shownSum(page)?.[0]).toBe('STARTER 1');
});

test('where nothing is set the page says whom to ask', async () => {
  expect(await planPage({ CONTACT_TELEGRAM: 'oltin_non' })).toMatch(/write to us:[\s\S]+https:\/\/t\.me\/oltin_non/);
  expect(await planPage({})).toContain('ask whoever runs this site');
});

test('details in another language are better than none', () => {
  const payment = createPayment({ PAYMENT_DETAILS_EN: undefined, PAYMENT_DETAILS_RU: 'Карта', PAYMENT_DETAILS_UZ: undefined });
  expect([payment('ru').details, payment('uz').details]).toEqual(['Карта', 'Карта']);
});

test.each([
  ['PAYMENT_URL', 'http://pay.example'],
  ['PAYMENT_URL', 'javascript:alert(1)'],
  ['CONTACT_EMAIL', 'nobody'],
  ['CONTACT_TELEGRAM', 'https://t.me/x'],
])('%s=%s stops the start', (name, value) => {
  expect(() => readEnv({ [name]: value, SESSION_SECRET: 'x'.repeat(32), META_VERIFY_TOKEN: 'y' })).toThrow(EnvError);
});
