import type { Credentials } from '../channel.ts';

// The shape of Meta's credentials. The checks are loose, since Meta promises no lengths.

/** Anything printable without spaces: it goes into a header. */
export const ACCESS_TOKEN = /^[\x21-\x7e]{4,1000}$/;
/** Ids of numbers and accounts. */
export const ACCOUNT_ID = /^\d{3,25}$/;
/** 32 hex digits as seen. */
export const APP_SECRET = /^[\x21-\x7e]{4,256}$/;

/** Both platforms close the reply window a day after the customer's last message. */
export const DAY_MS = 24 * 60 * 60 * 1_000;

/** The account that a field holds the id of; null when it is not well-formed. */
export const accountIdIn =
  (field: string) =>
  (credentials: Credentials): string | null =>
    ACCOUNT_ID.test(credentials[field] ?? '') ? (credentials[field] as string) : null;
