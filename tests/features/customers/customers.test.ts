import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { makeBot, newShop, type OwnedShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

interface Person {
  customerId: string;
  conversationId: string;
  page: string;
}

/** A customer of the shop's bot with a private conversation. */
async function aCustomer({ bot, ...shop }: Pick<OwnedShop, 'bot' | 'tenantId' | 'botId' | 'connectionId'>, firstName: string) {
  const { conversationId } = await below(shop).withCustomer({ firstName }).in(site);
  const { rows } = await site.sql.query<{ id: string }>('SELECT customer_id AS id FROM conversations WHERE id = $1', [
    conversationId,
  ]);
  return { customerId: rows[0]?.id as string, conversationId, page: `${bot}/conversations/${conversationId}` } satisfies Person;
}

/** The shop with a second bot on another channel, and a customer of each. */
async function twoChannels() {
  const shop = await newShop(site);
  const bot = await makeBot(shop.agent);
  const botId = bot.split('/')[2] as string;
  const second = await below({ tenantId: shop.tenantId, botId }).withConnection({ platform: 'whatsapp' }).in(site);
  return { shop, one: await aCustomer(shop, 'Gulnora'), other: await aCustomer({ ...second, bot }, 'Gulya') };
}

const peopleOf = async (...people: Person[]): Promise<(string | undefined)[]> => {
  const { rows } = await site.sql.query<{ customerId: string; personId: string }>(
    'SELECT customer_id AS "customerId", person_id AS "personId" FROM person_links',
  );
  return people.map(({ customerId: id }) => rows.find(({ customerId }) => customerId === id)?.personId);
};
const card = (shop: OwnedShop, { conversationId, customerId }: Person) =>
  site.container.features.customers.api.card(shop.tenantId, { id: conversationId, botId: shop.botId, customerId });

test('two customers are joined, seen as one from both sides, and parted again', async () => {
  const { shop, one, other } = await twoChannels();
  const found = (await shop.agent.get(`${one.page}/join`).query({ q: 'guly' })).text;
  expect(found).toContain(`value="${other.customerId}"`);
  const join = (customerId: string) => postForm(shop.agent, `${one.page}/join`, { customerId }, `${one.page}/join`);
  expect((await join(other.customerId)).status).toBe(303);

  for (const [asked, beside] of [
    [one, other],
    [other, one],
  ] as const) {
    const identities = (await card(shop, asked))?.identities.map(({ id, conversationId }) => [id, conversationId]);
    expect(identities).toEqual([
      [asked.customerId, asked.conversationId],
      [beside.customerId, beside.conversationId],
    ]);
  }
  expect((await shop.agent.get(`${one.page}/join`).query({ q: 'guly' })).text).not.toContain(other.customerId);

  expect((await postForm(shop.agent, `${one.page}/part`, { customerId: other.customerId }, one.page)).status).toBe(303);
  expect(await peopleOf(one, other)).toEqual([undefined, undefined]);
  expect((await postForm(shop.agent, `${one.page}/part`, { customerId: other.customerId }, one.page)).status).toBe(404);
});

test('joining somebody who is two already makes three of one person', async () => {
  const { shop, one, other } = await twoChannels();
  const [third, fourth] = [await aCustomer(shop, 'G. Karimova'), await aCustomer(shop, 'G.K.')];
  const join = (from: Person, to: Person) => postForm(shop.agent, `${from.page}/join`, { customerId: to.customerId }, from.page);
  await join(third, fourth);
  await join(one, other);
  await join(one, fourth);
  const [person, ...rest] = await peopleOf(one, other, third, fourth);
  expect(rest).toEqual([person, person, person]);
  await postForm(shop.agent, `${one.page}/part`, { customerId: one.customerId }, one.page);
  expect(await peopleOf(one, other)).toEqual([undefined, person]);
});

test("nobody is joined with another business' customer, or with themselves", async () => {
  const { shop, one } = await twoChannels();
  const { other: theirs } = await twoChannels();
  const join = async (customerId: string) => (await postForm(shop.agent, `${one.page}/join`, { customerId }, one.page)).status;
  expect([await join(theirs.customerId), await join(one.customerId), await join('x')]).toEqual([404, 422, 422]);
  expect((await shop.agent.get(`${theirs.page}/join`)).status).toBe(404);
  expect(await peopleOf(one, theirs)).toEqual([undefined, undefined]);
});

test('erasing one who is joined erases all of the person', async () => {
  const { shop, one, other } = await twoChannels();
  await postForm(shop.agent, `${one.page}/join`, { customerId: other.customerId }, one.page);
  await postForm(shop.agent, `${one.page}/erase`, { confirm: 'yes' }, `${one.page}/erase`);
  const { rowCount } = await site.sql.query('SELECT 1 FROM customers WHERE id IN ($1, $2)', [one.customerId, other.customerId]);
  expect([rowCount, (await shop.agent.get(other.page)).status]).toEqual([0, 404]);
});

test('a field of one’s own is kept, changed and emptied; an unused name is forgotten', async () => {
  const { shop, one, other } = await twoChannels();
  const put = async (who: Person, name: string, value: string) =>
    (await postForm(shop.agent, `${who.page}/fields`, { name, value }, who.page)).status;
  expect(await put(one, 'Address', 'Chilonzor 5')).toBe(303);
  await put(other, ' address ', 'Yunusobod 3');
  const seen = async (who: Person) => {
    const { fieldNames, values } = (await card(shop, who)) ?? { fieldNames: [], values: [] };
    return [fieldNames, values.map(({ value }) => value)];
  };
  expect([await seen(one), await seen(other)]).toEqual([
    [['Address'], ['Chilonzor 5']],
    [['Address'], ['Yunusobod 3']],
  ]);
  await put(one, 'Address', 'Chilonzor 6');
  expect(await seen(one)).toEqual([['Address'], ['Chilonzor 6']]);
  await put(one, 'Address', '');
  expect(await seen(one)).toEqual([['Address'], []]);
  await put(other, 'Address', '');
  expect(await seen(other)).toEqual([[], []]);
});

test('the language that a person chooses is the bot’s until the choice is taken back', async () => {
  const { shop, one } = await twoChannels();
  const choose = async (language: string) => {
    const { status } = await postForm(shop.agent, `${one.page}/language`, { language }, one.page);
    const { rows } = await site.sql.query('SELECT language, language_chosen AS chosen FROM conversations WHERE id = $1', [
      one.conversationId,
    ]);
    return [status, rows[0]];
  };
  expect(await choose('uz-Cyrl')).toEqual([303, { language: 'uz-Cyrl', chosen: true }]);
  expect((await shop.agent.get(one.page)).text).toContain('value="uz-Cyrl" selected');
  expect(await choose('')).toEqual([303, { language: 'uz-Cyrl', chosen: false }]);
  expect((await choose('de'))[0]).toBe(422);
});
