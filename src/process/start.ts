// Refuses an impossible start before loading the product. The embedded database opens in its own thread meanwhile.
import { join } from 'node:path';
import { openEmbedded, refuseHeld } from '#platform/embedded/embedded-database.ts';
import { StartError } from '#platform/start-error.ts';
import { type Env, EnvError, readEnv } from '../env.ts';
import { refuseTakenPort } from './listen.ts';

const env = readEnvOrExit();
await run(env).catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : String(error));
  process.exit(1);
});

async function run(env: Env): Promise<void> {
  const dir = env.DATABASE_URL ? null : join(env.DATA_DIR, 'database');
  if (dir) await refuseHeld(dir);
  await refuseTakenPort(env);
  const { createLogger } = await import('#platform/logger.ts');
  const logger = createLogger({ level: env.LOG_LEVEL, secrets: secretsOf(env) });
  if (dir) logger.info({ dataDir: env.DATA_DIR }, 'opening the embedded database');
  const [{ serve }, embedded] = await Promise.all([import('./serve.ts'), dir ? openEmbedded(dir) : null]);
  await serve(env, logger, embedded).catch((error: unknown) => {
    if (error instanceof StartError) throw error;
    logger.fatal(error as Error, 'start failed');
    process.exit(1);
  });
}

function secretsOf(env: Env): (string | undefined)[] {
  const { WHATSAPP_ACCESS_TOKEN, WHATSAPP_APP_SECRET, INSTAGRAM_ACCESS_TOKEN, INSTAGRAM_APP_SECRET } = env;
  const meta = [env.META_VERIFY_TOKEN, WHATSAPP_ACCESS_TOKEN, WHATSAPP_APP_SECRET, INSTAGRAM_ACCESS_TOKEN, INSTAGRAM_APP_SECRET];
  return [
    ...env.SESSION_SECRETS,
    ...env.ENCRYPTION_KEYS,
    env.GEMINI_API_KEY,
    env.METRICS_TOKEN,
    env.TELEGRAM_DESK_TOKEN,
    ...meta,
  ];
}

function readEnvOrExit(): Env {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(`The environment is not right:\n${error.message}`);
    process.exit(1);
  }
}
