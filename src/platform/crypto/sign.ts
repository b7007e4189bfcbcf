import { createHmac } from 'node:crypto';

/** HMAC-SHA-256 of the value. */
export const hmac = (key: string | Buffer, value: string | Buffer): Buffer => createHmac('sha256', key).update(value).digest();

/**
 * The signature of a value that we give out and later get back: cookies, photo addresses, webhook secrets. One key signs for
 * several purposes, so the value must begin with its purpose. Compare with `isSameSecret`.
 */
export const signatureOf = (key: string | Buffer, value: string): string => hmac(key, value).toString('base64url');
