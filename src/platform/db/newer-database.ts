import { StartError } from '../start-error.ts';

export class NewerDatabaseError extends StartError {}

// R14 (old and new version side by side): a `_contract_` migration removes what older versions need; every other one only adds.
const CONTRACTS = /^\d+_contract_/;

export function newerMigrations(applied: readonly string[], known: readonly string[]): string[] {
  const newer = applied.filter((name) => !known.includes(name));
  const contracts = newer.filter((name) => CONTRACTS.test(name));
  if (contracts.length === 0) return newer;
  throw new NewerDatabaseError(
    `A newer version of BotFactory has changed this database so that this one cannot use it (${contracts.join(', ')}). ` +
      'Start the newer version, or restore a dump that was made before it.',
  );
}
