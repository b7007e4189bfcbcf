import { createHmac } from 'node:crypto';

export const hmac = (key: string | Buffer, value: string | Buffer): Buffer => createHmac('sha256', key).update(value).digest();

/** The key has several purposes, so `value` begins with its purpose. Compare with `isSameSecret`. */
export const signatureOf = (key: string | Buffer, value: string): string => hmac(key, value).toString('base64url');
