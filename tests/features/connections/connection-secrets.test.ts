import { expect, test } from 'vitest';
import { createConnectionSecrets } from '../../../src/features/connections/connection-secrets.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { createSealer } from '../../../src/platform/crypto/seal.ts';

const secrets = createConnectionSecrets({ sealer: createSealer(['k'.repeat(32)]) });
const row = { id: newId(), tenantId: newId() };
const sealed = secrets.sealCredentials(row, { telegramToken: '123:abcdef' }, '123:abcdef');

test('credentials sealed for a row open there, and their end is readable without opening', () => {
  expect(secrets.openCredentials({ ...row, ...sealed })).toEqual({ telegramToken: '123:abcdef' });
  expect(sealed.secretLast4).toBe('cdef');
  expect(sealed.sealedSecrets).not.toContain('abcdef');
});

test.each([
  ['another row', { id: newId() }],
  ['another tenant', { tenantId: newId() }],
])('copied to %s they do not open', (_what, other) => {
  expect(() => secrets.openCredentials({ ...row, ...other, ...sealed })).toThrow();
});
