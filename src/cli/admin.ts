// npm run admin -- grant|revoke|reset-password|reset-second-step|lend-values|withdraw-values NAME_OR_EMAIL, list, rotate-keys, or redrive [HOURS [BOT_ID]].
// Also works while the app runs: on the embedded database through the app's socket. Exit codes: 0 done, 1 refused, 2 usage.
import { join } from 'node:path';
import { keyOf } from '#core/account-rules.ts';
import { createAudit } from '#features/activity/audit.service.ts';
import { createPasswordResetsQueries } from '#features/auth/password-resets.queries.ts';
import { newResetLink } from '#features/auth/reset-link.ts';
import { createTwoFactorQueries } from '#features/auth/two-factor.queries.ts';
import { createUsersQueries } from '#features/auth/users.queries.ts';
import { createConnectionSecrets } from '#features/connections/connection-secrets.ts';
import { createInstallationGrants } from '#features/connections/installation-grants.ts';
import { createReseal } from '#features/connections/reseal-connections.ts';
import { createAdminsRepo } from '#features/operators/admins.repo.ts';
import { createRedrive } from '#pipeline/redrive.ts';
import { createSealer } from '#platform/crypto/seal.ts';
import { type Database, openDatabase } from '#platform/db/database.ts';
import { refuseWrongKey } from '#platform/db/key-check.ts';
import { openMigrated } from '#platform/db/open.ts';
import { connectToHolder, EmbeddedDatabaseError } from '#platform/embedded/embedded-database.ts';
import { createLogger } from '#platform/logger.ts';
import { StartError } from '#platform/start-error.ts';
import { type Env, EnvError, readEnv } from '../env.ts';

const DEFAULT_HOURS = 24;
const WITH_NAME = ['grant', 'revoke', 'reset-password', 'reset-second-step', 'lend-values', 'withdraw-values'];
const USAGE = `Usage: npm run admin -- grant NAME_OR_EMAIL
       npm run admin -- revoke NAME_OR_EMAIL
       npm run admin -- list
       npm run admin -- reset-password NAME_OR_EMAIL   (prints a link to a new password, good once, for 30 minutes)
       npm run admin -- reset-second-step NAME_OR_EMAIL   (turns two-step sign-in off, for who lost the phone and the codes)
       npm run admin -- lend-values NAME_OR_EMAIL   (their business may use this installation's Meta credentials)
       npm run admin -- withdraw-values NAME_OR_EMAIL
       npm run admin -- rotate-keys   (seals all channel tokens with the first key of ENCRYPTION_KEY)
       npm run admin -- redrive [HOURS [BOT_ID]]   (again what was given up; the last 24 hours, every bot)`;

const [command = '', name = '', botId = ''] = process.argv.slice(2);
process.exitCode = await main().catch((error: unknown) => {
  const expected = error instanceof EnvError || error instanceof StartError || error instanceof EmbeddedDatabaseError;
  console.error(expected ? error.message : `The database could not be used: ${(error as Error).message}`);
  return 1;
});

async function main(): Promise<number> {
  if (!isUnderstood()) {
    console.error(USAGE);
    return 2;
  }
  const env = readEnv();
  const { database, close } = await open(env);
  try {
    return await run(database, env);
  } finally {
    await close();
  }
}

function isUnderstood(): boolean {
  if (command === 'redrive') return /^[1-9]\d{0,3}$|^$/.test(name) && /^[0-9a-f-]{36}$|^$/i.test(botId);
  return command === 'list' || command === 'rotate-keys' || (WITH_NAME.includes(command) && name !== '');
}

async function open({
  DATABASE_URL,
  DATA_DIR,
  ENCRYPTION_KEYS: keys,
}: Env): Promise<{ database: Database; close: () => Promise<void> }> {
  const onError = (): void => {};
  const held = DATABASE_URL ? null : await connectToHolder(join(DATA_DIR, 'database'));
  if (!held) return openMigrated({ databaseUrl: DATABASE_URL, dataDir: DATA_DIR, keys, onError });
  await refuseWrongKey({ kind: 'embedded', connection: held }, keys);
  const database = openDatabase({ kind: 'embedded', connection: held }, { onError });
  return { database, close: () => database.close() };
}

async function run(database: Database, env: Env): Promise<number> {
  if (command === 'redrive') return redrive(database);
  if (command === 'rotate-keys') return rotateKeys(database, env);
  if (command === 'reset-password') return resetPassword(database, env);
  if (command === 'reset-second-step') return resetSecondStep(database);
  if (command === 'lend-values' || command === 'withdraw-values') return changeValues(database, command);
  const admins = createAdminsRepo(database);
  if (command === 'list') {
    const all = await admins.listAcrossTenants();
    for (const { username, email, suspended } of all) console.log(`${username} <${email}>${suspended ? ' (suspended)' : ''}`);
    if (all.length === 0) console.log('There is no admin yet.');
    return 0;
  }
  const changed = await (command === 'grant' ? admins.grantAcrossTenants(keyOf(name)) : admins.revokeAcrossTenants(keyOf(name)));
  if (changed === 'last') return refuse(`${name} is the only admin. Grant it to somebody else first.`);
  if (changed === 'missing') return refuse(`No admin has the name or e-mail ${name}.`);
  if (changed === null) return refuse(`Nobody has the name or e-mail ${name}. Sign up first.`);

  const action = command === 'grant' ? 'admin.granted' : 'admin.revoked';
  await createAudit({ database }).record({ actorKind: 'system', action, targetType: 'user', targetId: changed.id });
  console.log(`${changed.username} <${changed.email}> is ${command === 'grant' ? 'an admin now' : 'no admin any more'}.`);
  return 0;
}

async function redrive(database: Database): Promise<number> {
  const again = createRedrive({ database });
  const messages = await again({ hours: Number(name || DEFAULT_HOURS), botId: botId || null });
  await createAudit({ database }).record({ actorKind: 'system', action: 'messages.redriven', details: { messages } });
  console.log(`${messages} messages are tried again.`);
  return 0;
}

/** S57 (key rotation): the app does this every hour; here the operator sees when the old key can be removed. */
async function rotateKeys(database: Database, { ENCRYPTION_KEYS, LOG_LEVEL, SESSION_SECRETS }: Env): Promise<number> {
  const logger = createLogger({
    level: LOG_LEVEL,
    secrets: [...SESSION_SECRETS, ...ENCRYPTION_KEYS],
    destination: process.stderr,
  });
  const sealer = createSealer(ENCRYPTION_KEYS);
  const secrets = createConnectionSecrets({ sealer });
  const connections = await createReseal({ database, secrets, sealer, logger })();
  await createAudit({ database }).record({ actorKind: 'system', action: 'keys.rotated', details: { connections } });
  console.log(`${connections} connections were sealed anew with the first key of ENCRYPTION_KEY.`);
  return 0;
}

/** S67: who may leave credentials empty and use those of the installation. A running app stops withdrawn channels within seconds. */
async function changeValues(database: Database, change: 'lend-values' | 'withdraw-values'): Promise<number> {
  const user = await createUsersQueries({ database }).findByLoginAcrossTenants(keyOf(name));
  if (!user?.tenantId) return refuse(`Nobody with a business has the name or e-mail ${name}.`);
  const { tenantId } = user;
  const audit = createAudit({ database });
  const grants = createInstallationGrants({ database, audit });
  const isLent = change === 'lend-values';
  await (isLent ? grants.grant(tenantId) : grants.withdraw(tenantId));
  const action = isLent ? 'values.granted' : 'values.withdrawn';
  await audit.record({ tenantId, actorKind: 'system', action, targetType: 'user', targetId: user.id });
  console.log(`The business of ${name} may ${isLent ? 'now' : 'no longer'} use this installation's Meta credentials.`);
  return 0;
}

async function resetPassword(database: Database, { PUBLIC_URL, PORT }: Env): Promise<number> {
  const user = await createUsersQueries({ database }).findByLoginAcrossTenants(keyOf(name));
  if (!user) return refuse(`Nobody has the name or e-mail ${name}.`);
  const origin = PUBLIC_URL ?? `http://localhost:${PORT}`;
  const link = await newResetLink(createPasswordResetsQueries({ database }), { userId: user.id, origin, now: new Date() });
  const tenantId = user.tenantId ?? undefined;
  const line = { tenantId, actorKind: 'system', action: 'password.link_made', targetType: 'user', targetId: user.id } as const;
  await createAudit({ database }).record(line);
  console.log(link);
  return 0;
}

/** The password is still asked for. An admin is shown at the next sign-in how to turn it on again. */
async function resetSecondStep(database: Database): Promise<number> {
  const user = await createUsersQueries({ database }).findByLoginAcrossTenants(keyOf(name));
  if (!user) return refuse(`Nobody has the name or e-mail ${name}.`);
  if (!(await createTwoFactorQueries({ database }).remove(user.id))) return refuse(`${name} has no two-step sign-in.`);
  const tenantId = user.tenantId ?? undefined;
  const line = { tenantId, actorKind: 'system', action: 'two_factor.turned_off', targetType: 'user', targetId: user.id } as const;
  await createAudit({ database }).record(line);
  console.log(`Two-step sign-in of ${name} is off.`);
  return 0;
}

function refuse(message: string): number {
  console.error(message);
  return 1;
}
