import { DAY_MS } from '#core/durations.ts';
import type { Attachment } from '#core/message.ts';
import type { Reference } from '#core/reference.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';

// What customers fill in and share, in words. Source: META webhooks/reference/messages, flows/guides/receiveflowresponse (2026-11).

const MAX_LINES = 40;
const MAX_VALUE_CHARS = 500;
const cut = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, MAX_VALUE_CHARS);
const linesOf = (lines: string[]): string =>
  lines
    .filter((line) => line !== '')
    .slice(0, MAX_LINES)
    .join('\n');

/** 29250 → 29 250, in any language. */
const amount = (value: number): string =>
  String(Math.round(value * 100) / 100).replace(/\B(?=(?:\d{3})+(?!\d)(?=\.|$))(?<!\.\d*)/g, '\u00a0');

/** "3 × SOMSA, 9 750 UZS", and the sum of each currency in the last line. */
export function orderText(order: JsonObject): string {
  const items = objectsOf(order['product_items']).map((item) => ({
    name: textOf(item['product_retailer_id']) ?? '?',
    quantity: quantityOf(item['quantity']) ?? 1,
    price: quantityOf(item['item_price']),
    currency: textOf(item['currency']) ?? '',
  }));
  const sums = new Map<string, number>();
  for (const { quantity, price, currency } of items)
    if (price !== undefined) sums.set(currency, (sums.get(currency) ?? 0) + quantity * price);
  const money = (value: number, currency: string): string => `${amount(value)} ${currency}`.trim();
  return linesOf([
    ...items.map(({ name, quantity, price, currency }) =>
      cut(`${amount(quantity)} × ${name}${price === undefined ? '' : `, ${money(price, currency)}`}`),
    ),
    sums.size > 0 ? `= ${[...sums].map(([currency, sum]) => money(sum, currency)).join(' + ')}` : '',
    cut(textOf(order['text']) ?? ''),
  ]);
}

/** Numbers sometimes arrive as texts. */
const quantityOf = (value: unknown): number | undefined => numberOf(typeof value === 'string' ? Number(value) : value);

/** "name: Dilnoza", a line for each field. The builder of flows names them screen_0_name_0 and their choices 0_Delivery. */
export function formText(reply: JsonObject): string {
  const given = textOf(reply['response_json']) ?? '';
  const answers = objectOf(parsed(given));
  const lines = fieldsIn(answers).map(({ name, value }) => cut(`${name}: ${value}`));
  return linesOf(lines.length > 0 ? lines : [cut(given === '{}' ? '' : given) || (textOf(reply['body']) ?? '')]);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const NOT_ANSWERS = new Set(['flow_token', 'flow_id', 'wa_flow_response_params', 'saved_address_id']);
const MOST_LEVELS = 3;

function fieldsIn(answers: JsonObject, level = 0): { name: string; value: string }[] {
  return Object.entries(answers).flatMap(([key, value]) => {
    if (NOT_ANSWERS.has(key)) return [];
    if (level < MOST_LEVELS && Object.keys(objectOf(value)).length > 0) return fieldsIn(objectOf(value), level + 1);
    const said = (Array.isArray(value) ? value.map(saidBy) : [saidBy(value)]).filter(Boolean).join(', ');
    return said === '' ? [] : [{ name: nameOf(key), value: said }];
  });
}

const nameOf = (key: string): string =>
  key
    .replace(/^screen_\d+_/i, '')
    .replace(/_\d+$/, '')
    .replaceAll('_', ' ');

/** A choice of the builder's, its words joined by underscores. */
const CHOICE = /^\d{1,2}_(?=\D)/;
/** Older flows give a day as its first millisecond in UTC. */
const DAY = /^1[5-9]\d{11}$|^2\d{12}$/;

function saidBy(value: unknown): string {
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  const choice = objectOf(value);
  const said = textOf(value) ?? textOf(choice['title']) ?? textOf(choice['id']) ?? (numberOf(value)?.toString() || '');
  if (CHOICE.test(said)) return said.replace(CHOICE, '').replaceAll('_', ' ');
  return DAY.test(said) && Number(said) % DAY_MS === 0 ? new Date(Number(said)).toISOString().slice(0, 10) : said;
}

/** All people of a message with all their numbers; one alone is the attachment. */
export function contactsOf(contacts: JsonObject[]): { text: string; attachment?: Attachment } {
  const people = contacts.map((contact) => {
    const { formatted_name: whole, first_name: first, last_name: last } = objectOf(contact['name']);
    const name = textOf(whole) ?? [textOf(first), textOf(last)].filter(Boolean).join(' ');
    const numbers = objectsOf(contact['phones']).map((phone) => textOf(phone['phone']) ?? textOf(phone['wa_id']));
    const emails = objectsOf(contact['emails']).map((mail) => textOf(mail['email']));
    return { name: cut(name), phone: cut([...new Set([...numbers, ...emails].filter(Boolean))].join(', ')) };
  });
  const [only, ...others] = people;
  if (only && others.length === 0)
    return { text: '', attachment: { ...(only.name && { name: only.name }), ...(only.phone && { phone: only.phone }) } };
  return { text: linesOf(people.map(({ name, phone }) => [name, phone].filter(Boolean).join(': '))) };
}

export function placeOf(place: JsonObject): Attachment {
  const [title, address] = ['name', 'address'].map((field) => textOf(place[field]));
  const [latitude, longitude] = [numberOf(place['latitude']), numberOf(place['longitude'])];
  return {
    ...(title && { title: cut(title) }),
    ...(address && { address: cut(address) }),
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
  };
}

/** The ad, product or earlier message that the customer answers. */
export function referenceOf(message: JsonObject): Reference | null {
  const referral = objectOf(message['referral']);
  const about = ['headline', 'body'].map((field) => textOf(referral[field])).filter(Boolean);
  if (about.length > 0) return { kind: referral['source_type'] === 'post' ? 'post' : 'ad', text: about.join('\n') };
  const context = objectOf(message['context']);
  const product = textOf(objectOf(context['referred_product'])['product_retailer_id']);
  const externalId = textOf(context['id']);
  if (product) return { kind: 'product', text: product };
  return externalId ? { kind: 'message', text: '', externalId } : null;
}
