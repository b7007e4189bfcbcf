import { hkdfSync } from 'node:crypto';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { hmac } from '#platform/crypto/sign.ts';

const KEY_BYTES = 32;
const PROOF_CHARS = 32;
const TOKEN = /^[0-9a-f]{64}$/;

/** One verify token per connection, derived from the encryption keys and not stored: its id and a proof of it. */
export function createVerifyTokens(encryptionKeys: readonly string[]) {
  const keys = encryptionKeys.map((key) => Buffer.from(hkdfSync('sha256', key, 'botfactory', 'meta-verify-token', KEY_BYTES)));
  const tokenBy = (key: Buffer, connectionId: string): string => {
    const id = connectionId.replaceAll('-', '').toLowerCase();
    return id + hmac(key, id).toString('hex').slice(0, PROOF_CHARS);
  };

  return {
    of: (connectionId: string): string => tokenBy(keys[0] as Buffer, connectionId),

    /** The connection whose token this is. */
    connectionOf(token: string): string | null {
      if (!TOKEN.test(token)) return null;
      const id = token.slice(0, PROOF_CHARS).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      return keys.some((key) => isSameSecret(tokenBy(key, id), token)) ? id : null;
    },
  };
}

export type VerifyTokens = ReturnType<typeof createVerifyTokens>;
