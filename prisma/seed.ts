// The example business in an empty database, made the way an owner would make it. The app must not run meanwhile on the
// embedded database; the platform that the token belongs to must answer.

import { createContainer } from '../src/container.ts';
import { PLANS } from '../src/core/plans.ts';
import type { Env } from '../src/env.ts';
import type { ConnectionForm } from '../src/features/connections/connections.schema.ts';
import { newId } from '../src/platform/crypto/ids.ts';
import { openMigrated } from '../src/platform/db/open.ts';
import { createLogger } from '../src/platform/logger.ts';
import { BAKERY, BAKERY_FACTS, BAKERY_KNOWLEDGE } from './bakery.ts';

export interface BakerySecrets {
  password: string;
  telegramToken: string;
  /** Further channels of the bot, as their forms have them. */
  connections?: ConnectionForm[];
}

/** Makes the bakery, its owner and its running bot. */
export async function seedBakery(env: Env, { password, telegramToken, connections: more = [] }: BakerySecrets): Promise<void> {
  const logger = createLogger({ level: 'warn', secrets: [telegramToken] });
  const opened = await openMigrated({
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    keys: env.ENCRYPTION_KEYS,
    onError: (err) => logger.warn(err),
  });
  try {
    const { features, database } = await createContainer({ env, opened, logger });
    const { auth } = features.auth.api;
    const { bots } = features.bots.api;
    const { connections } = features.connections.api;
    const owner = await auth.register({ username: BAKERY.username, email: BAKERY.email, password }, 'uz', '127.0.0.1');
    const { id: actorId, tenantId } = owner;
    const { prisma } = database;

    await prisma.tenant.update({ where: { id: tenantId }, data: { name: BAKERY.bot.name } });
    const { name: type, maxBots, maxMessagesPerMonth } = PLANS.PREMIUM;
    await prisma.subscription.updateMany({ where: { tenantId, active: true }, data: { type, maxBots, maxMessagesPerMonth } });
    const actor = { tenantId, actorId, actorKind: 'owner' as const };
    const bot = await bots.create(actor, { ...BAKERY.bot, platform: 'telegram', telegramToken });
    for (const form of more) await connections.add(actor, bot.id, form);
    const entries = BAKERY_KNOWLEDGE.map((entry) => ({ id: newId(), tenantId, botId: bot.id, ...entry }));
    await prisma.knowledgeEntry.createMany({ data: entries });
    const facts = { facts: BAKERY_FACTS as object, timeZone: 'Asia/Tashkent' };
    await prisma.businessFacts.create({ data: { botId: bot.id, tenantId, ...facts } });
  } finally {
    await opened.close();
  }
}
