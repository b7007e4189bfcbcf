// An authenticator app that scanned the page of two-step sign-in.
import { Secret, TOTP } from 'otpauth';

export function appOf(html: string) {
  const secret = />([A-Z2-7]{32})</.exec(html)?.[1];
  if (!secret) throw new Error('the page shows no secret');
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return {
    secret,
    /** Of now, or of so many steps of 30 s later. */
    code: (later = 0): string => totp.generate({ timestamp: Date.now() + later * 30_000 }),
    /** The first of the codes that a page shows once. */
    recovery: (page: string): string => /[0-9a-f]{6}-[0-9a-f]{6}/.exec(page)?.[0] ?? 'none',
  };
}
