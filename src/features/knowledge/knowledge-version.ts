import type { Transaction } from '#platform/db/row-lock.ts';

/** Makes the bot's search index stale in every process. False when there is no such bot. The bot's row is locked by the caller. */
export const raiseKnowledgeVersion = async (tx: Transaction, tenantId: string, botId: string): Promise<boolean> => {
  const data = { knowledgeVersion: { increment: 1 } };
  return (await tx.bot.updateMany({ where: { tenantId, id: botId }, data })).count === 1;
};
