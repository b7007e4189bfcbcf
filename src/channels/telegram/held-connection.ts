import type { Logger } from '#platform/logger.ts';
import type { Credentials } from '../channel.ts';
import type { BotInfo } from './introduce.ts';
import type { HeldConnection } from './polling-store.ts';
import { TOKEN_FIELD } from './telegram.api.ts';

export interface OpenTokenDeps {
  openCredentials: (connection: { id: string; tenantId: string; sealedSecrets: string }) => Credentials;
  logger: Logger;
}

/** The connection's token; null when it cannot be opened, which only the operator can mend. */
export function openToken(
  { openCredentials, logger }: OpenTokenDeps,
  connection: { id: string; tenantId: string; sealedSecrets: string },
): string | null {
  try {
    return openCredentials(connection)[TOKEN_FIELD] ?? null;
  } catch {
    logger.error({ connectionId: connection.id }, 'telegram: the stored token cannot be opened; was ENCRYPTION_KEY changed?');
    return null;
  }
}

/** Who the bot is when that is known already: spares a call at every start of the process. */
export const knownBot = ({ state, accountId, username, displayName }: HeldConnection): BotInfo | null =>
  state === 'ACTIVE' && username ? { id: Number(accountId), username, name: displayName ?? username } : null;

/** The owner started it just now; a first connection that had to wait for Telegram counts too. */
export const startedByOwner = ({ state, startedAtMs, username }: HeldConnection): boolean =>
  state === 'PENDING' && (startedAtMs !== null || username === null);
