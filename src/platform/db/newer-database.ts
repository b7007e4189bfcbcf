/** A newer version of the product has been here; the message says what to do, for the console. */
export class NewerDatabaseError extends Error {}

// R14. Known by its name, since an older version has not got its text: `0012_contract_old_columns` takes away what versions
// before it need; every other migration only adds.
const CONTRACTS = /^\d+_contract_/;

/**
 * The migrations in the database that this version does not have. With those that only add it works on, side by side with
 * the newer version or after going back to this one.
 * @throws NewerDatabaseError where one of them takes something away.
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
