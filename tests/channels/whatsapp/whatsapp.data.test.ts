import { expect, test } from 'vitest';
import { contactsOf, formText, orderText, placeOf, referenceOf } from '../../../src/channels/whatsapp/whatsapp.data.ts';

const item = (name: string, quantity: unknown, price?: unknown, currency = 'UZS') => ({
  product_retailer_id: name,
  quantity,
  ...(price !== undefined && { item_price: price }),
  currency,
});

test.each([
  ['one item', [item('SOMSA', 3, 9_750)], '3 × SOMSA, 9 750 UZS\n= 29 250 UZS'],
  [
    'two items',
    [item('NON', 2, 4_000), item('TORT-1', 1, 120_000)],
    '2 × NON, 4 000 UZS\n1 × TORT-1, 120 000 UZS\n= 128 000 UZS',
  ],
  ['numbers as texts', [item('CHOY', '4', '2500')], '4 × CHOY, 2 500 UZS\n= 10 000 UZS'],
  ['fractions', [item('latte', 2, 2.55, 'USD')], '2 × latte, 2.55 USD\n= 5.1 USD'],
  ['two currencies', [item('a', 1, 5, 'USD'), item('b', 1, 7_000)], '1 × a, 5 USD\n1 × b, 7 000 UZS\n= 5 USD + 7 000 UZS'],
  ['no price', [item('somsa', 2)], '2 × somsa'],
  ['no items', [], ''],
])('an order of %s', (_, items, text) => {
  expect(orderText({ product_items: items }).replaceAll('\u00a0', ' ')).toBe(text);
});

test('the words beside an order are kept', () => {
  expect(orderText({ product_items: [item('SOMSA', 1, 9)], text: 'Tezroq boʻlsin' })).toBe(
    '1 × SOMSA, 9 UZS\n= 9 UZS\nTezroq boʻlsin',
  );
});

test.each([
  [
    'plain fields',
    { name: 'Dilnoza', date: '2026-12-01', service: 'Manikur' },
    'name: Dilnoza\ndate: 2026-12-01\nservice: Manikur',
  ],
  [
    'the builder’s names',
    { screen_0_Full_name_0: 'Aziz', screen_1_Usluga_1: '0_Стрижка', flow_token: 'x' },
    'Full name: Aziz\nUsluga: Стрижка',
  ],
  ['several choices', { days: ['0_Mon', '2_Wed'], agree: true, remind: false }, 'days: Mon, Wed\nagree: ✓\nremind: ✗'],
  ['levels', { values: { name: 'Lola', city: 'Toshkent', floor: 3 } }, 'name: Lola\ncity: Toshkent\nfloor: 3'],
  ['choices of several words', { xizmat: ['0_Tish_tozalash', '1_Rentgen'] }, 'xizmat: Tish tozalash, Rentgen'],
  ['a day as a number', { sana: '1764547200000', nomer: '1764547200001' }, 'sana: 2025-12-01\nnomer: 1764547200001'],
  [
    'a saved address',
    { saved_address_id: '1', values: { name: 'Aziz', address: 'Chilonzor 9' } },
    'name: Aziz\naddress: Chilonzor 9',
  ],
  ['titled choices', { item: { id: '7', title: 'Big' }, list: [{ id: 'a', title: 'A' }] }, 'id: 7\ntitle: Big\nlist: A'],
  ['an empty answer', { flow_token: 'unused' }, 'Sent'],
])('a form with %s', (_, answers, text) => {
  const empty = Object.keys(answers).every((key) => key === 'flow_token');
  expect(formText({ name: 'flow', body: 'Sent', response_json: empty ? '{}' : JSON.stringify(answers) })).toBe(text);
});

test('a form that is no JSON is shown as it came', () => {
  expect(formText({ body: 'Sent', response_json: 'name=Aziz' })).toBe('name=Aziz');
});

test.each([
  [
    [{ name: { formatted_name: 'Bobur Aka' }, phones: [{ phone: '+998 90 765 43 21' }, { phone: '+998712000000' }] }],
    { text: '', attachment: { name: 'Bobur Aka', phone: '+998 90 765 43 21, +998712000000' } },
  ],
  [
    [{ name: { first_name: 'Lola', last_name: 'Karimova' }, phones: [{ wa_id: '998901' }] }],
    { text: '', attachment: { name: 'Lola Karimova', phone: '998901' } },
  ],
  [
    [
      { name: { formatted_name: 'A' }, phones: [{ phone: '1' }, { phone: '2' }] },
      { name: { formatted_name: 'B' }, phones: [{ phone: '3' }] },
    ],
    { text: 'A: 1, 2\nB: 3' },
  ],
  [[{ name: {}, emails: [{ email: 'a@b.uz' }] }], { text: '', attachment: { phone: 'a@b.uz' } }],
  [[{ phones: [{ phone: '5' }, { phone: '5' }] }], { text: '', attachment: { phone: '5' } }],
  [[], { text: '' }],
])('contacts %j', (contacts, told) => {
  expect(contactsOf(contacts)).toEqual(told);
});

test('a place has its name, address and point', () => {
  expect(placeOf({ name: 'Chorsu', address: 'Navoiy 1', latitude: 41.3, longitude: 69.2, url: 'https://x' })).toEqual({
    title: 'Chorsu',
    address: 'Navoiy 1',
    latitude: 41.3,
    longitude: 69.2,
  });
});

test.each([
  [
    { referral: { source_type: 'ad', headline: 'Tortga 20 %', body: 'Medovik 96 000' } },
    { kind: 'ad', text: 'Tortga 20 %\nMedovik 96 000' },
  ],
  [{ referral: { source_type: 'post', body: 'Yangi menyu' } }, { kind: 'post', text: 'Yangi menyu' }],
  [
    { referral: { source_type: 'ad', headline: 'Скидки' }, context: { id: 'wamid.1' } },
    { kind: 'ad', text: 'Скидки' },
  ],
  [
    { context: { id: 'wamid.1', referred_product: { catalog_id: '1', product_retailer_id: 'MEDOVIK' } } },
    { kind: 'product', text: 'MEDOVIK' },
  ],
  [{ context: { id: 'wamid.1', from: '1' } }, { kind: 'message', text: '', externalId: 'wamid.1' }],
  [{ context: { forwarded: true } }, null],
  [{}, null],
])('%j refers to %j', (message, reference) => {
  expect(referenceOf(message)).toEqual(reference);
});
