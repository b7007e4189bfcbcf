import { StartError } from '../start-error.ts';

/** A newer version of the product has changed this database. */
export class NewerDatabaseError extends StartError {}

// R14: an old version runs beside a newer one. It knows the newer migrations by name only: `0012_contract_old_columns` removes
// what older versions need; every other migration only adds.
const CONTRACTS = /^\d+_contract_/;

/**
 * The migrations in the database that this version does not have.
 * @throws NewerDatabaseError when one of them removes something.
 */
export function newerMigrations(applied: readonly string[], known: readonly string[]): string[] {
  const newer = applied.filter((name) => !known.includes(name));
  const contracts = newer.filter((name) => CONTRACTS.test(name));
  if (contracts.length === 0) return newer;
  throw new NewerDatabaseError(
    `A newer version of BotFactory has changed this database in a way that this one cannot work with (${contracts.join(', ')}). ` +
      'Start the newer version, or restore a dump that was made before it.',
  );
}
