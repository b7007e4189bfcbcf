import { randomBytes, randomUUID } from 'node:crypto';

/** A UUID of version 7 (RFC 9562): sorts by time, so that indexes grow at their end. */
export function newId(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // Version 4 has its random bits, and the variant, where version 7 has them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a path segment can be an id at all; Postgres refuses anything else with an error, which would be a 500. */
export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** A secret for a link or a header: 256 random bits in 43 URL-safe characters. */
export const newToken = (): string => randomBytes(32).toString('base64url');
