import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** A signed-in owner with a bot, and the address of its facts. */
async function ownerWithBot(): Promise<{ owner: Agent; path: string; botId: string }> {
  const owner = site.agent();
  const { username } = await register(owner);
  const { rows } = await site.sql.query<{ tenantId: string }>(
    'SELECT m.tenant_id AS "tenantId" FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.username = $1',
    [username],
  );
  const { botId } = await below(rows[0] as { tenantId: string })
    .withUnconnectedBot()
    .in(site);
  return { owner, path: `/bots/${botId}/facts`, botId };
}

const stored = async (botId: string) => {
  const { rows } = await site.sql.query<{ facts: Record<string, unknown>; version: number; zone: string }>(
    'SELECT facts, version, time_zone AS zone FROM business_facts WHERE bot_id = $1',
    [botId],
  );
  return rows[0];
};

const FILLED = {
  timeZone: 'Asia/Almaty',
  'hours.mon': '9-18',
  'hours.tue': '9:00–13:00, 14:00–18:00',
  'hours.fri': '18:00-02:00',
  'hours.sat': 'Выходной',
  'hours.sun': '24/7',
  'exception.3.from': '2099-12-31',
  'exception.3.note': 'Yangi yil',
  'exception.1.from': '31.12.2098',
  'exception.1.to': '02.01.2099',
  'exception.1.hours': '10-16',
  'address.2.text': 'Amir Temur koʻchasi <15>',
  'address.2.link': 'maps.app.goo.gl/abc',
  'phone.1.text': '+998 (71) 200-14-14',
  'payment.cash': '1',
  'payment.humo': '1',
  delivery: 'yes',
  deliveryPrice: '20 000 soʻm',
};

test('what was filled in is kept, shown again and written to the activity log', async () => {
  const { owner, path, botId } = await ownerWithBot();
  const saved = await postForm(owner, path, FILLED, path);
  expect([saved.status, saved.headers['location']]).toEqual([303, path]);
  const nine = { from: 540, to: 1080 };
  expect(await stored(botId)).toEqual({
    version: 1,
    zone: 'Asia/Almaty',
    facts: {
      hours: [
        [nine],
        [
          { from: 540, to: 780 },
          { from: 840, to: 1080 },
        ],
        [],
        [],
        [{ from: 1080, to: 1560 }],
        [],
        [{ from: 0, to: 1440 }],
      ],
      exceptions: [
        { from: '2098-12-31', to: '2099-01-02', hours: [{ from: 600, to: 960 }], note: '' },
        { from: '2099-12-31', to: '2099-12-31', hours: [], note: 'Yangi yil' },
      ],
      addresses: [{ text: 'Amir Temur koʻchasi <15>', link: 'https://maps.app.goo.gl/abc', note: '' }],
      phones: [{ text: '+998 (71) 200-14-14', note: '' }],
      payment: { methods: ['cash', 'humo'], other: '' },
      delivery: { offered: true, price: '20 000 soʻm', freeFrom: '', area: '', time: '' },
      other: '',
    },
  });
  const page = await owner.get(path);
  expect(page.text).toContain('value="09:00–13:00, 14:00–18:00"');
  expect(page.text).toContain('Amir Temur koʻchasi &lt;15&gt;');
  expect(page.text).toContain('value="Asia/Almaty" selected');
  const { rows } = await site.sql.query('SELECT action FROM audit_lines WHERE target_id = $1', [botId]);
  expect(rows).toEqual([{ action: 'facts.changed' }]);
});

test('the shown form saves the same again, in every language, and the version rises', async () => {
  const { owner, path, botId } = await ownerWithBot();
  await postForm(owner, path, FILLED, path);
  const before = await stored(botId);
  for (const language of ['ru', 'uz', 'en']) {
    await postForm(owner, '/language', { language, returnTo: path }, path);
    const { text } = await owner.get(path);
    const shown = Object.fromEntries(
      [...text.matchAll(/<input[^>]* type="(?:text|tel|date)" value="([^"]*)"[^>]* name="([^"]*)"/g)].map(([, value, name]) => [
        name,
        value,
      ]),
    );
    const days = Object.fromEntries(
      [...text.matchAll(/name="(hours\.\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const { 'payment.cash': cash, 'payment.humo': humo, delivery, timeZone } = FILLED;
    const rest = { 'payment.cash': cash, 'payment.humo': humo, delivery, timeZone };
    const text2 = { ...shown, 'address.1.text': 'Amir Temur koʻchasi <15>' };
    expect((await postForm(owner, path, { ...text2, ...days, ...rest }, path)).status).toBe(303);
  }
  expect(await stored(botId)).toEqual({ ...before, version: 4 });
});

test('one button copies Monday to all days', async () => {
  const { owner, path, botId } = await ownerWithBot();
  await postForm(owner, path, { act: 'copyMonday', 'hours.mon': '8-20', 'hours.sun': 'closed' }, path);
  expect((await stored(botId))?.facts['hours']).toEqual(Array(7).fill([{ from: 480, to: 1200 }]));
});

test.each([
  ['hours.mon', 'keyin'],
  ['hours.tue', '9-6'],
  ['exception.1.from', '31.02.2099'],
  ['exception.2.note', 'Navroʻz'],
  ['exception.1.hours', '9-18'],
  ['address.1.link', 'javascript:alert(1)'],
  ['address.1.link', 'http://maps.example.com/x'],
  ['phone.2.text', 'tel'],
  ['phone.2.note', 'sotuv'],
  ['deliveryPrice', 'x'.repeat(301)],
  ['timeZone', 'Asia/Nowhere'],
  ['payment.gold', '1'],
])('%s = %j is refused at the field, with the rest kept', async (field, value) => {
  const { owner, path, botId } = await ownerWithBot();
  const refused = await postForm(owner, path, { other: 'Kept words', [field]: value }, path);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('error-summary');
  expect(refused.text).toContain('Kept words');
  expect(await stored(botId)).toBeUndefined();
});

test('a refused row beyond the shown ones is shown', async () => {
  const { owner, path } = await ownerWithBot();
  const refused = await postForm(owner, path, { 'address.7.text': 'Seventh', 'hours.mon': '?' }, path);
  expect(refused.text).toContain('name="address.8.text"');
});

test('another tenant’s bot is not found', async () => {
  const { path } = await ownerWithBot();
  const { owner, path: own } = await ownerWithBot();
  expect((await owner.get(path)).status).toBe(404);
  expect((await postForm(owner, path, { 'hours.mon': '9-18' }, own)).status).toBe(404);
});
