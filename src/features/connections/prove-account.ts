import type { ChannelKind } from '#core/message.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import { report } from '#platform/db/statement.ts';

/** Another connection, of any tenant, has proven that this account is its own. */
export class AccountTakenError extends Error {}

type Claim = { id: string; platform: ChannelKind; accountId: string };
type Id = { id: string };

const displaceClaims = report<Claim, Id>(import.meta.url, './statements/displace-claims.sql');
const findProvenClaim = report<Claim, Id>(import.meta.url, './statements/find-proven-claim.sql');
const proveAccount = report<{ id: string; tokenVersion: string }, Id>(import.meta.url, './statements/prove-account.sql');

/**
 * S66 (an account claimed without proof): a proven claim displaces those that are not; a claim without proof waits only while
 * nobody has proven the account. @throws AccountTakenError
 */
export async function claimAccount(sql: Sql, { proven, ...claim }: Claim & { proven: boolean }): Promise<void> {
  if (proven) await displaceClaims(sql, claim);
  else if ((await findProvenClaim(sql, claim)).length > 0) throw new AccountTakenError();
}

/** The account is the only unique value that a person enters. */
export async function refusingTaken<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw isUniqueConflict(error) ? new AccountTakenError() : error;
  });
}

/** False when another connection has proven the account. */
export function proveClaim(database: Pick<Database, 'inTransaction'>, claim: Claim & { tokenVersion: string }): Promise<boolean> {
  const { tokenVersion, ...account } = claim;
  const proved = database.inTransaction(async (sql) => {
    await displaceClaims(sql, account);
    await proveAccount(sql, { id: claim.id, tokenVersion });
    return true;
  });
  return proved.catch((error: unknown) => {
    if (isUniqueConflict(error)) return false;
    throw error;
  });
}
