// What Meta says of a business account, its templates and its numbers, and of accounts that nobody has connected.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../support/app.ts';
import { webhookWorld } from './webhook-world.ts';

let world: Awaited<ReturnType<typeof webhookWorld>>;
let shop: Awaited<ReturnType<typeof world.connect>>;
let other: typeof shop;
const WABA = '102290129340398';

beforeAll(async () => {
  world = await webhookWorld();
  [shop, other] = [await world.connect('whatsapp'), await world.connect('whatsapp')];
  for (const [one, name, parent] of [
    [shop, 'owner-one', WABA],
    [other, 'owner-two', '555'],
  ] as const) {
    await register(world.agent(), { username: name, email: `${name}@example.com` });
    const { tenantId, connectionId } = one.shop;
    await world.sql.query(
      `INSERT INTO memberships (tenant_id, user_id, role) SELECT $1, id, 'owner' FROM users WHERE username_key = $2`,
      [tenantId, name],
    );
    await world.sql.query('UPDATE connections SET parent_account_id = $2 WHERE id = $1', [connectionId, parent]);
  }
});
afterAll(() => world.close());

const about = (field: string, value: object, id: string = WABA) => ({
  object: 'whatsapp_business_account',
  entry: [{ id, time: 1_739_321_024, changes: [{ field, value }] }],
});
const told = async (name = 'owner-one') =>
  (await world.mails()).filter(({ to }) => to === `${name}@example.com`).map(({ subject, text }) => `${subject}\n${text}`);

const template = { message_template_id: 1, message_template_language: 'uz', message_template_category: 'MARKETING' };
test.each([
  [
    'a rejected template',
    'message_template_status_update',
    { ...template, event: 'REJECTED', message_template_name: 'aksiya_1', reason: 'INVALID_FORMAT' },
    ['aksiya_1 (uz)', 'INVALID_FORMAT'],
  ],
  [
    'a paused template',
    'message_template_status_update',
    {
      ...template,
      event: 'PAUSED',
      message_template_name: 'aksiya_2',
      reason: 'NONE',
      other_info: { title: 'FIRST_PAUSE', description: 'Paused for 3 hours.' },
    },
    ['aksiya_2', 'Paused for 3 hours.'],
  ],
  [
    'a disabled template',
    'message_template_status_update',
    { ...template, event: 'DISABLED', message_template_name: 'aksiya_3', reason: 'NONE' },
    ['aksiya_3'],
  ],
  [
    'a template of low quality',
    'message_template_quality_update',
    { ...template, message_template_name: 'aksiya_4', previous_quality_score: 'GREEN', new_quality_score: 'RED' },
    ['aksiya_4', 'RED'],
  ],
  [
    'a number of low quality',
    'phone_number_quality_update',
    { display_phone_number: '998712000000', event: 'FLAGGED', current_limit: 'TIER_250' },
    ['sifat'],
  ],
  [
    'a lower limit',
    'phone_number_quality_update',
    { display_phone_number: '998712000000', event: 'DOWNGRADE', max_daily_conversations_per_business: 'TIER_250' },
    ['TIER_250'],
  ],
  [
    'a violation',
    'account_update',
    { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'ADULT' } },
    ['ADULT', 'business-support-home'],
  ],
  [
    'a restriction',
    'account_update',
    { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }] },
    ['RESTRICTED_BIZ_INITIATED_MESSAGING'],
  ],
  ['a disabled account', 'account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, ['Meta']],
  [
    'a refused name',
    'phone_number_name_update',
    { display_phone_number: '998712000000', decision: 'REJECTED', requested_verified_name: 'Non 24' },
    ['Non 24'],
  ],
  [
    'an alert',
    'account_alerts',
    {
      entity_type: 'BUSINESS',
      alert_info: {
        alert_severity: 'WARNING',
        alert_type: 'OBA_REJECTED',
        alert_description: 'Please reupload your profile picture',
      },
    },
    ['reupload'],
  ],
])('%s is answered 200 and reaches the owner', async (_, field, value, words) => {
  const before = (await told()).length;
  expect((await world.deliver(shop.account, about(field, value))).status).toBe(200);
  expect((await world.deliver(shop.account, about(field, value))).status).toBe(200);

  const mails = (await told()).slice(before);
  expect(mails).toHaveLength(1);
  for (const word of words) expect(mails[0]).toContain(word);
  expect(mails[0]).not.toMatch(/notices\.|\{\{/);
  expect(await told('owner-two')).toEqual([]);
});

test.each([
  ['an approved template', 'message_template_status_update', { ...template, event: 'APPROVED', message_template_name: 'a' }],
  ['more messages allowed', 'phone_number_quality_update', { event: 'THROUGHPUT_UPGRADE', current_limit: 'TIER_UNLIMITED' }],
  ['a reinstated account', 'account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }],
  ['a field of tomorrow', 'hologram_update', { event: 'NEW' }],
  ['no value', 'account_update', {}],
])('%s is answered 200 and tells nobody', async (_, field, value) => {
  const before = (await told()).length;
  expect((await world.deliver(shop.account, about(field, value))).status).toBe(200);
  expect((await told()).length).toBe(before);
});

test.each([
  ['the dashboard’s test', '0', '123456123'],
  ['another number of the business account', WABA, '206540352242922'],
  ['a number of another business account of the app', '888001', '306540352242922'],
  ['the account alone, which nobody knows yet', '777001', null],
  ['a delivery without numbers', 'x', null],
])('%s is answered 200 when the app signed it, else 401', async (_, id, phoneId) => {
  const before = await world.stored();
  const metadata = phoneId && { metadata: { phone_number_id: phoneId } };
  const messages = [
    { from: '16315551181', id: 'wamid.test', timestamp: '1', type: 'text', text: { body: 'this is a text message' } },
  ];
  const payload = about('messages', { ...metadata, messages }, id);

  expect((await world.deliver(shop.account, payload)).status).toBe(200);
  expect((await world.deliver(shop.account, payload, 'a-strangers-secret')).status).toBe(401);
  expect(await world.stored()).toBe(before);
});

test('an app’s secret tells the owners of its own connections only', async () => {
  const violation = about('account_update', { event: 'ACCOUNT_DELETED' }, '555');
  expect((await world.deliver(shop.account, violation)).status).toBe(200);
  expect(await told('owner-two')).toEqual([]);

  expect((await world.deliver(other.account, violation)).status).toBe(200);
  expect(await told('owner-two')).toHaveLength(1);
});

test('a delivery that hides another’s number behind unknown ones is refused', async () => {
  const message = { from: '998901112233', id: 'wamid.hidden', type: 'text', text: { body: 'x'.repeat(64_000) } };
  const far = { metadata: { phone_number_id: other.account.id }, messages: [{ ...message, text: { body: 'forged' } }] };
  const payload = about('messages', { metadata: { phone_number_id: '999' }, messages: [message] });
  payload.entry[0]?.changes.push({ field: 'messages', value: far });

  expect((await world.deliver(shop.account, payload)).status).toBe(401);
  expect(await other.messages()).toEqual([]);
});
