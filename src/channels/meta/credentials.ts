// What Meta's credentials look like, loosely: nowhere is their length promised.

/** Anything printable without spaces: it goes into a header. */
export const ACCESS_TOKEN = /^[\x21-\x7e]{4,1000}$/;
/** Ids of numbers and accounts. */
export const ACCOUNT_ID = /^\d{3,25}$/;
/** 32 hex digits as seen; kept loose. */
export const APP_SECRET = /^[\x21-\x7e]{4,256}$/;

/** Both platforms close a conversation a day after the customer's last message. */
export const DAY_MS = 24 * 60 * 60 * 1_000;
