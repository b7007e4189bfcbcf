import type { Credentials } from '../channel.ts';

// The checks are loose, because Meta promises no lengths.

/** Printable without spaces, because it goes into a header. */
export const ACCESS_TOKEN = /^[\x21-\x7e]{4,1000}$/;
export const ACCOUNT_ID = /^\d{3,25}$/;
export const APP_SECRET = /^[\x21-\x7e]{4,256}$/;

export const accountIdIn =
  (field: string) =>
  (credentials: Credentials): string | null =>
    ACCOUNT_ID.test(credentials[field] ?? '') ? (credentials[field] as string) : null;
