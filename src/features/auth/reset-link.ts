import { createHash } from 'node:crypto';
import { newToken } from '#platform/crypto/ids.ts';
import type { PasswordResetsQueries } from './password-resets.queries.ts';

export const LIFETIME_MINUTES = 30;

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Earlier links of the user stop working. */
export async function newResetLink(
  resets: Pick<PasswordResetsQueries, 'replace'>,
  { userId, origin, now }: { userId: string; origin: string; now: Date },
): Promise<string> {
  const token = newToken();
  await resets.replace(userId, hashOf(token), new Date(now.getTime() + LIFETIME_MINUTES * 60_000));
  return `${origin}/reset-password/${token}`;
}
