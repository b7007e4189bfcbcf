// The composition root: the only file that sees all parts. Reads top to bottom as the list of what there is.

import { createSealer } from '#platform/crypto/seal.ts';
import { createNotifications } from '#platform/db/notifications.ts';
import type { OpenedDatabase } from '#platform/db/open.ts';
import { createI18n } from '#platform/i18n/i18n.ts';
import type { createLogger } from '#platform/logger.ts';
import type { Env } from './env.ts';

export type Logger = ReturnType<typeof createLogger>;

/** Builds every part of the product; starts nothing. */
export async function createContainer({ env, opened, logger }: { env: Env; opened: OpenedDatabase; logger: Logger }) {
  const { database } = opened;
  const notifications = createNotifications({ database, logger });
  const i18n = await createI18n();
  const sealer = createSealer(env.ENCRYPTION_KEYS);

  return { env, database, logger, notifications, i18n, sealer };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;
