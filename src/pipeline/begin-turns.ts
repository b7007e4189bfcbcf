import type { Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { statement } from '#platform/db/statement.ts';
import type { Turn } from './turn.ts';
import type { AnswerLimits } from './usage.service.ts';
import type { Claim } from './work.ts';

/** After a flood the next turn reads on. */
export const MAX_WAITING = 50;
// About twelve turns for the prompt.
const HISTORY_ROWS = 24;

const beginTurns = statement<
  { conversationIds: string[]; epochs: number[]; charges: boolean; mostWaiting: number; historyRows: number } & AnswerLimits,
  Turn
>(import.meta.url, './statements/begin-turns.sql');

/** One statement for all. Null: the claim or the conversation is gone. `charges`: a single question is charged at once. */
export function createTurnBeginner(sql: Sql, { charges, limits }: { charges: boolean; limits: AnswerLimits }) {
  const rest = { ...limits, charges, mostWaiting: MAX_WAITING, historyRows: HISTORY_ROWS };
  return async (claims: Claim[]): Promise<(Turn | null)[]> => {
    const conversationIds = claims.map(({ conversationId }) => conversationId);
    const epochs = claims.map(({ epoch }) => epoch);
    const turns = await retryOnConflict(() => beginTurns(sql, { ...rest, conversationIds, epochs }));
    const byId = new Map(turns.map((turn) => [turn.conversationId, turn]));
    return conversationIds.map((id) => byId.get(id) ?? null);
  };
}
