// Kinds of deliveries that must be refused or left alone, each by its name.
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { bytesOf, signatureOf } from '../support/graph-emulator/sender.ts';

export interface Attempt {
  body: Buffer;
  /** The signature, or the secret. */
  proof?: string;
}

type Kinds = Record<string, fc.Arbitrary<Attempt>>;

const MEGABYTE = 1024 * 1024;
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom(...'0123456789abcdef') });
const named = <T>(values: Record<string, T>, make: (value: T) => fc.Arbitrary<Attempt>): Kinds =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value)]));

/** The body as it should be, signed by somebody else, or not at all. */
export function forgedSignatures(body: Buffer, appSecret: string, other: string): Kinds {
  const right = signatureOf(body, appSecret);
  const proofs: Record<string, fc.Arbitrary<string | undefined>> = {
    'no signature': fc.constant(undefined),
    'an empty one': fc.constant(''),
    'a prefix alone': fc.constant('sha256='),
    'without its prefix': fc.constant(right.slice(7)),
    'another algorithm’s prefix': fc.constantFrom('sha1', 'sha512', 'md5', 'none').map((name) => right.replace('sha256', name)),
    'cut anywhere': fc.integer({ min: 1, max: right.length - 1 }).map((length) => right.slice(0, length)),
    'too long': hex(3).map((more) => right + more),
    twice: fc.constant(`${right}, ${right}`),
    'in base64': fc.constant(`sha256=${createHmac('sha256', appSecret).update(body).digest('base64')}`),
    'any hash': hex(64).map((text) => `sha256=${text}`),
    'letters that are no hash': fc.stringMatching(/^[g-z]{64}$/).map((text) => `sha256=${text}`),
    'a hash without a secret': fc.constant(`sha256=${createHash('sha256').update(body).digest('hex')}`),
    'HMAC-SHA1': fc.constant(`sha1=${createHmac('sha1', appSecret).update(body).digest('hex')}`),
    'signed with the other platform’s secret': fc.constant(signatureOf(body, other)),
    'signed with an empty secret': fc.constant(signatureOf(body, '')),
    'signed with any secret': fc.string({ minLength: 1, maxLength: 40 }).map((secret) => signatureOf(body, secret)),
    'signed over another body': fc.string().map((text) => signatureOf(Buffer.from(text), appSecret)),
    'any words': fc.string({ unit: 'grapheme-ascii', maxLength: 90 }).map((text) => text.trim()),
  };
  return named(proofs, (values) => values.map((proof) => ({ body, ...(proof !== undefined && { proof }) })));
}

/** Changed after it was signed. */
export function tamperings(body: Buffer, appSecret: string): Kinds {
  const proof = signatureOf(body, appSecret);
  const at = fc.nat({ max: body.length - 1 });
  const bodies: Record<string, fc.Arbitrary<Buffer>> = {
    'one bit is another': fc.tuple(at, fc.nat({ max: 7 })).map(([index, bit]) => {
      const copy = Buffer.from(body);
      copy[index] = (copy[index] as number) ^ (1 << bit);
      return copy;
    }),
    'one byte is missing': at.map((index) => Buffer.concat([body.subarray(0, index), body.subarray(index + 1)])),
    'cut off': at.map((length) => body.subarray(0, length)),
    'with a line’s end': fc.constantFrom('\n', '\r\n', ' ').map((end) => Buffer.concat([body, Buffer.from(end)])),
    'with a byte order mark': fc.constant(Buffer.concat([Buffer.from('\ufeff'), body])),
    'with other words': fc.constantFrom('Narxi', 'qancha').map((word) => Buffer.from(body.toString().replace(word, 'bepul'))),
    'written again': fc
      .constantFrom(1, 2, 4)
      .map((indent) => Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, indent))),
    'twice in a row': fc.constant(Buffer.concat([body, body])),
  };
  return named(bodies, (values) => values.map((changed) => ({ body: changed, proof })));
}

/** No JSON, or far too much of it; with a right proof. */
export function brokenBodies(body: Buffer, prove: (body: Buffer) => string): Kinds {
  const text = body.toString();
  const bodies: Record<string, fc.Arbitrary<Buffer>> = {
    nothing: fc.constant(Buffer.alloc(0)),
    blanks: fc.string({ unit: fc.constantFrom(' ', '\n', '\t'), minLength: 1, maxLength: 40 }).map((blank) => Buffer.from(blank)),
    'any bytes': fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from([0xff, ...bytes])),
    'truncated anywhere': fc.nat({ max: body.length - 1 }).map((length) => body.subarray(0, length)),
    'without its first byte': fc.constant(body.subarray(1)),
    'a comma too many': fc.constant(Buffer.from(text.replace(/\}$/, ',}'))),
    'single quotes': fc.constant(Buffer.from(text.replaceAll('"', "'"))),
    'two documents': fc.constantFrom('', '\n').map((between) => Buffer.from(`${text}${between}${text}`)),
    'NaN in it': fc.constantFrom('NaN', 'Infinity', 'undefined').map((word) => Buffer.from(`{"object":${word}}`)),
    'brackets never closed': fc.integer({ min: 1, max: 50_000 }).map((depth) => Buffer.from('['.repeat(depth))),
    'UTF-16': fc.constant(Buffer.from(text, 'utf16le')),
    'a form': fc.constant(Buffer.from(new URLSearchParams({ payload: text }).toString())),
    XML: fc.constant(Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>')),
    'a scalar': fc.constantFrom('null', 'true', '0', '1e999', '"text"', '""').map((word) => Buffer.from(word)),
    'a list': fc.constantFrom('[]', '[[]]', '[{}]', '[null]').map((word) => Buffer.from(word)),
    'an empty object': fc.constant(Buffer.from('{}')),
    'larger than 4 MB': fc.constantFrom(1, 1_000).map((more) => Buffer.alloc(4 * MEGABYTE + more, 0x20)),
    'JSON larger than 4 MB': fc.constant(Buffer.from(text.replace(/\}$/, `,"padding":"${'x'.repeat(4 * MEGABYTE)}"}`))),
  };
  return named(bodies, (values) => values.map((broken) => ({ body: broken, proof: prove(broken) })));
}

/** JSON as it should be as far as it goes, signed by the account, with nothing in it that is a message. */
export function unreadableEntries(kind: 'whatsapp' | 'instagram', id: string, prove: (body: Buffer) => string): Kinds {
  const junk = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, -1, '', 'x', [], {}, [null], [[]], [0]),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const payloads = kind === 'whatsapp' ? whatsappJunk(id, junk) : instagramJunk(id, junk);
  return named(payloads, (values) =>
    values.map((payload) => {
      const body = bytesOf(payload);
      return { body, proof: prove(body) };
    }),
  );
}

function whatsappJunk(id: string, junk: fc.Arbitrary<unknown>): Record<string, fc.Arbitrary<unknown>> {
  const metadata = { phone_number_id: id };
  const delivery = (value: unknown, field: unknown = 'messages') => ({
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ value, field }] }],
  });
  const text = { from: '998901112233', id: 'wamid.x', timestamp: '1', type: 'text', text: { body: 'Salom' } };
  const message = (changed: object) => delivery({ metadata, messages: [{ ...text, ...changed }] });
  return {
    'another object': junk.map((object) => ({ ...message({}), object })),
    'strange entries': junk.map((entry) => ({ ...message({}), entry })),
    'strange changes': junk.map((changes) => ({ ...message({}), entry: [{ id: '1', changes }] })),
    'strange values': junk.map((value) => delivery(value)),
    'strange messages': junk.map((messages) => delivery({ metadata, messages })),
    'strange statuses': junk.map((statuses) => delivery({ metadata, statuses })),
    'an unknown field': fc
      .stringMatching(/^[a-z_]{1,30}$/)
      .filter((name) => name !== 'messages')
      .map((name) => delivery({ metadata, messages: [text] }, name)),
    'no metadata': junk.map((value) => delivery({ messages: [text], metadata: value })),
    'a message without an id': fc.constantFrom<unknown>(undefined, null, '', {}, [], true).map((value) => message({ id: value })),
    'a message from nobody': fc.constantFrom<unknown>(undefined, null, '', {}, [], true).map((from) => message({ from })),
    'an unknown type': fc.stringMatching(/^[a-z]{1,12}_$/).map((type) => message({ type })),
    'a type that is no word': fc.constantFrom<unknown>(undefined, null, {}, [], true).map((type) => message({ type })),
    'a group’s message': fc.constant(message({ group_id: 'x' })),
    'a status of nothing': fc
      .constantFrom('sent', 'read', 'deleted', '')
      .map((status) => delivery({ metadata, statuses: [{ status }] })),
    'a status on an unknown message': fc
      .constantFrom('sent', 'delivered', 'read', 'failed')
      .map((status) => delivery({ metadata, statuses: [{ id: 'wamid.unknown', status, recipient_id: '998901112233' }] })),
  };
}

function instagramJunk(id: string, junk: fc.Arbitrary<unknown>): Record<string, fc.Arbitrary<unknown>> {
  const event = { sender: { id: '684' }, recipient: { id }, timestamp: 1, message: { mid: 'mid.x', text: 'Salom' } };
  const delivery = (messaging: unknown, more: object = {}) => ({
    object: 'instagram',
    entry: [{ id, time: 1, messaging, ...more }],
  });
  const changed = (fields: object) => delivery([{ ...event, ...fields }]);
  return {
    'another object': junk.map((object) => ({ ...changed({}), object })),
    'strange entries': junk.map((entry) => ({ object: 'instagram', entry })),
    'strange events': junk.map((messaging) => delivery(messaging)),
    'strange changes': junk.map((changes) => delivery([], { changes })),
    'an unknown change': fc
      .constantFrom('comments', 'mentions', 'live_comments', 'x')
      .map((field) => delivery([], { changes: [{ field, value: event }] })),
    'on standby': fc.constant(delivery([], { standby: [event] })),
    'from nobody': fc.constantFrom<unknown>(undefined, null, {}, [], '684').map((sender) => changed({ sender })),
    'to nobody': fc.constantFrom<unknown>(undefined, null, {}, [], 'x').map((recipient) => changed({ recipient })),
    'a message that is none': fc.constantFrom<unknown>(null, true, 0, '', [], {}).map((message) => changed({ message })),
    'a message without an id': fc
      .constantFrom<unknown>(undefined, null, '', {}, [])
      .map((mid) => changed({ message: { mid, text: 'Salom' } })),
    'an empty message': fc
      .constantFrom<object>({}, { text: '' }, { text: {} }, { attachments: [] }, { attachments: 'x' })
      .map((message) => changed({ message: { mid: 'mid.x', ...message } })),
    'a reaction taken back': fc.constant(changed({ message: undefined, reaction: { mid: 'x', action: 'unreact' } })),
    'a postback of nothing': fc
      .constantFrom<unknown>(null, {}, [], { title: '' })
      .map((postback) => changed({ message: undefined, postback })),
    'read, of nothing': junk.map((read) => changed({ message: undefined, read: [read] })),
    'an unknown event': fc.stringMatching(/^[a-z]{1,20}_$/).map((name) => changed({ message: undefined, [name]: {} })),
  };
}
