import { timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { CookieOptions, Request } from 'express';
import { signatureOf } from '#platform/crypto/sign.ts';

/** The request's cookies by name; the first of a name wins. */
export const cookiesOf = (req: Request): Record<string, string | undefined> => parseCookie(req.headers.cookie ?? '');

/** `__Host-` cookies cannot be set by a neighbouring subdomain, but browsers take them over https only. */
export const cookieName = (name: string, secure: boolean): string => (secure ? `__Host-bf.${name}` : `bf.${name}`);

/** Flags of every cookie of ours that a script has no business with. */
export const cookieFlags = (secure: boolean): CookieOptions => ({ httpOnly: true, sameSite: 'lax', path: '/', secure });

/** Signs small values that travel in a cookie. `purpose` keeps a value of one cookie from being used as another's. */
export function createSigner(secret: string, purpose: string) {
  const mac = (value: string): string => signatureOf(secret, `${purpose}\n${value}`);
  return {
    mac,
    sign: (value: string): string => `${value}.${mac(value)}`,
    /** The value, or null when it was not signed here. */
    read(signed: string | undefined): string | null {
      const at = signed?.lastIndexOf('.') ?? -1;
      if (!signed || at < 0) return null;
      const value = signed.slice(0, at);
      return equal(signed.slice(at + 1), mac(value)) ? value : null;
    },
  };
}

export type Signer = ReturnType<typeof createSigner>;

/** Compares in a time that tells nothing. */
export function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
