import { parseCookie } from 'cookie';
import type { CookieOptions, Request } from 'express';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { signatureOf } from '#platform/crypto/sign.ts';

export const cookiesOf = (req: Request): Record<string, string | undefined> => parseCookie(req.headers.cookie ?? '');

/** A neighbouring subdomain cannot set `__Host-` cookies, but browsers accept them over https only. */
export const cookieName = (name: string, secure: boolean): string => (secure ? `__Host-bf.${name}` : `bf.${name}`);

export const cookieFlags = (secure: boolean): CookieOptions => ({ httpOnly: true, sameSite: 'lax', path: '/', secure });

/** The newest first: it signs, all of them verify. */
export type Secrets = readonly [string, ...string[]];

/** `purpose` keeps the value of one cookie from being used as another's. */
export function createSigner([secret, ...older]: Secrets, purpose: string) {
  const macBy = (key: string, value: string): string => signatureOf(key, `${purpose}\n${value}`);
  const mac = (value: string): string => macBy(secret, value);
  const isMac = (value: string, given: string): boolean =>
    [secret, ...older].map((key) => isSameSecret(given, macBy(key, value))).includes(true);
  return {
    mac,
    /** By the newest secret or an older one. */
    isMac,
    sign: (value: string): string => `${value}.${mac(value)}`,
    read(signed: string | undefined): string | null {
      const at = signed?.lastIndexOf('.') ?? -1;
      if (!signed || at < 0) return null;
      const value = signed.slice(0, at);
      return isMac(value, signed.slice(at + 1)) ? value : null;
    },
  };
}

export type Signer = ReturnType<typeof createSigner>;
