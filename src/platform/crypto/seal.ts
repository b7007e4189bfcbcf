import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const KEY_ID_CHARS = 8;

/** A sealed value opens nowhere else, so a row copied to another tenant is worthless. */
export interface SealContext {
  table: string;
  column: string;
  rowId: string;
  tenantId: string;
}

/** Sealed with a key this installation does not have: the operator's fault, not that of the row (S77). */
export class UnknownKeyError extends Error {}

/** AES-256-GCM as `version:key id:nonce:data:tag`. The first of `secrets` seals, all of them open (rotation: `new,old`). */
export function createSealer(secrets: readonly string[]) {
  const keys = secrets.map(deriveKey);
  const [primary] = keys;
  if (!primary) throw new Error('A sealer needs at least one secret');

  return {
    seal(plain: string, context: SealContext): string {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', primary.key, nonce);
      cipher.setAAD(aad(context));
      const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [VERSION, primary.id, ...[nonce, data, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join(':');
    },

    /** @throws UnknownKeyError, or another error for another context or a changed value. */
    open(sealed: string, context: SealContext): string {
      const [version, keyId, nonce = '', data = '', tag = ''] = sealed.split(':');
      const key = keys.find(({ id }) => id === keyId);
      if (version !== VERSION || !key) throw new UnknownKeyError('Sealed with a key this installation does not have');
      const decipher = createDecipheriv('aes-256-gcm', key.key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES });
      decipher.setAAD(aad(context));
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString('utf8');
    },

    /** Short digests, so that a message can name a key. */
    keyIds: keys.map(({ id }) => id),

    isOld: (sealed: string): boolean => sealed.split(':')[1] !== primary.id,
  };
}

export type Sealer = ReturnType<typeof createSealer>;

function deriveKey(secret: string): { id: string; key: Buffer } {
  const key = Buffer.from(hkdfSync('sha256', secret, 'botfactory', 'seal', KEY_BYTES));
  return { id: createHash('sha256').update(key).digest('base64url').slice(0, KEY_ID_CHARS), key };
}

const aad = (context: SealContext): Buffer =>
  Buffer.from([context.table, context.column, context.rowId, context.tenantId].join('\n'));
