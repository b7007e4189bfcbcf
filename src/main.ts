// Reads the environment and checks that no other process holds the data. The product (serve.ts) is loaded only after that, so
// that a start that cannot work is refused at once.
import { join } from 'node:path';
import { refuseHeld } from '#platform/embedded/embedded-database.ts';
import { StartError } from '#platform/start-error.ts';
import { type Env, EnvError, readEnv } from './env.ts';

const env = readEnvOrExit();
await run(env).catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : String(error));
  process.exit(1);
});

async function run(env: Env): Promise<void> {
  if (!env.DATABASE_URL) await refuseHeld(join(env.DATA_DIR, 'database'));
  const [{ serve }, { createLogger }] = await Promise.all([import('#process/serve.ts'), import('#platform/logger.ts')]);
  const { WHATSAPP_ACCESS_TOKEN, WHATSAPP_APP_SECRET, INSTAGRAM_ACCESS_TOKEN, INSTAGRAM_APP_SECRET } = env;
  const meta = [env.META_VERIFY_TOKEN, WHATSAPP_ACCESS_TOKEN, WHATSAPP_APP_SECRET, INSTAGRAM_ACCESS_TOKEN, INSTAGRAM_APP_SECRET];
  const secrets = [env.SESSION_SECRET, ...env.ENCRYPTION_KEYS, env.GEMINI_API_KEY, env.METRICS_TOKEN, ...meta];
  const logger = createLogger({ level: env.LOG_LEVEL, secrets });
  await serve(env, logger).catch((error: unknown) => {
    if (error instanceof StartError) throw error;
    logger.fatal(error as Error, 'start failed');
    process.exit(1);
  });
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
