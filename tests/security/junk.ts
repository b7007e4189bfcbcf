// What nobody should send to a form, in the shapes that have broken form handlers before.
import fc from 'fast-check';

/** The fields of all forms, so that junk also reaches what lies behind the check of names. */
export const FIELDS = [
  ...['username', 'email', 'password', 'login', 'currentPassword', 'language', 'returnTo', 'confirmName', 'greeting'],
  ...['name', 'systemPrompt', 'platform', 'telegramToken', 'instagramAccessToken', 'whatsappPhoneNumberId', 'title', 'content'],
  ...[
    'text',
    'scheduledAt',
    'buttonLabel',
    'buttonUrl',
    'channel',
    'activeDays',
    'draft',
    'testTo',
    'subscriptionType',
    'endDate',
    'maxBots',
    'maxMessagesPerMonth',
  ],
];

/** What an attacker hopes to be taken over into a row. */
export const PRIVILEGED = [
  ...[
    'id',
    'tenantId',
    'tenant_id',
    'userId',
    'role',
    'isAdmin',
    'is_admin',
    'suspendedAt',
    'botId',
    'bot_id',
    'knowledgeVersion',
  ],
  ...['state', 'enabled', 'sealedSecrets', 'secretLast4', 'accountId', 'createdAt', 'where', 'data', 'OR', 'AND', '$where'],
];

const HOSTILE_KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'length', ''],
  ...[
    '__proto__[isAdmin]',
    'constructor[prototype][isAdmin]',
    'name[]',
    'name[0]',
    'name[a][b][c]',
    'name.first',
    'settings',
    'cache',
  ],
];

const HOSTILE_VALUES = [
  ...['', ' ', '\0', 'a\0b', '\r\nSet-Cookie: x=1', '\u202e\ufeff', '\ud800', '😀'.repeat(500), 'ﷺ'.repeat(254), 'İ'.repeat(40)],
  ...[
    "' OR 1=1 --",
    "'; DROP TABLE users; --",
    '%',
    '\\',
    '$'.concat('{7*7}'),
    '{{7*7}}',
    '{% raw %}',
    '$t(common.home)',
    '__proto__',
    'NaN',
  ],
  ...['-1', '0', '1e400', '99999999999999999999', '2147483648', '0x10', 'true', 'null', 'undefined', '[object Object]'],
  ...[
    '<script>alert(1)</script>',
    'javascript:alert(1)',
    '//evil.example',
    '/\\evil.example',
    '../../etc/passwd',
    'file:///etc/passwd',
  ],
  ...['0000-00-00', '9999-12-31T23:59:60Z', '275760-09-13', '2026-02-30', 'a@b', `${'a'.repeat(64)}@${'b.'.repeat(90)}uz`],
  ...[
    'a'.repeat(90_000),
    `${'a '.repeat(20_000)}`,
    '('.repeat(30_000),
    '<'.repeat(30_000),
    '\n'.repeat(30_000),
    '[*_`'.repeat(8_000),
  ],
];

const key = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...FIELDS) },
  { weight: 2, arbitrary: fc.constantFrom(...PRIVILEGED, ...HOSTILE_KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
);

export interface Junk {
  type: string;
  body: string;
}

const FORM = 'application/x-www-form-urlencoded';
const escaped = (value: string): string => encodeURIComponent(value.toWellFormed());

/** Pairs as a form sends them; the same name twice makes an array. */
const formJunk = fc.array(fc.tuple(key, text), { maxLength: 12 }).map((pairs) => ({
  type: FORM,
  body: pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&'),
}));

/** Escapes that decode to no text, and separators without anything between. */
const brokenForm = fc
  .array(
    fc.constantFrom('%', '%0', '%E0%A4%A', '%ED%A0%80', '%00', '=', '&', '&&', 'name=', '=x', '+', ';', 'name=%ff%fe', '[', ']'),
    {
      maxLength: 20,
    },
  )
  .map((parts) => ({ type: FORM, body: parts.join('') }));

const jsonValue = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 4 }));
const jsonJunk = fc.array(fc.tuple(key, jsonValue), { maxLength: 10 }).map((pairs) => ({
  type: 'application/json',
  body: `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
}));

const oddType = fc
  .tuple(
    fc.constantFrom(
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'text/plain',
      'application/xml',
      'x',
      'application/json; charset=utf-7',
    ),
    text,
  )
  .map(([type, body]) => ({ type, body: body.toWellFormed() }));

export const junk: fc.Arbitrary<Junk> = fc.oneof(
  { weight: 6, arbitrary: formJunk },
  { weight: 3, arbitrary: jsonJunk },
  { weight: 1, arbitrary: brokenForm },
  { weight: 1, arbitrary: oddType },
);

/** The same junk with the form's token in it, so that it gets past the first door. */
export function withToken({ type, body }: Junk, token: string): Junk {
  if (type === FORM) return { type, body: `_csrf=${encodeURIComponent(token)}&${body}` };
  if (type !== 'application/json') return { type, body };
  const rest = body.slice(1);
  return { type, body: `{"_csrf":${JSON.stringify(token)}${rest === '}' ? '' : ','}${rest}` };
}
