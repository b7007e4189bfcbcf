import { randomBytes, randomUUID } from 'node:crypto';

/** A UUID of version 7 (RFC 9562). It sorts by time, so indexes grow at their end. */
export function newId(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Checked before a query: Postgres answers another id with an error, which would be a 500. */
export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** 256 random bits in 43 URL-safe characters. */
export const newToken = (): string => randomBytes(32).toString('base64url');
