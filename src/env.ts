import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const text = z.string().trim().min(1);
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
const MIN_SECRET_CHARS = 16;

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(5000),
  HOST: text.default('0.0.0.0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATA_DIR: text.default('./data').transform((dir) => resolve(dir)),
  SESSION_SECRET: z.string().min(MIN_SECRET_CHARS).optional(),
  /** `new,old`: the first seals, all open. */
  ENCRYPTION_KEY: z.string().min(MIN_SECRET_CHARS).optional(),
  PUBLIC_URL: url.optional(),
  GEMINI_API_KEY: text.optional(),
  GEMINI_MODEL: text.default('gemini-3.5-flash-lite'),
  GEMINI_FALLBACK_MODEL: text.default('gemini-3.1-flash-lite'),
  GEMINI_EMBED_MODEL: text.default('gemini-embedding-2'),
  GEMINI_BASE_URL: url.default('https://generativelanguage.googleapis.com'),
  TELEGRAM_API_ROOT: url.default('https://api.telegram.org'),
  TELEGRAM_MODE: z.enum(['polling', 'webhook']).default('polling'),
  META_GRAPH_URL: url.optional(),
  META_VERIFY_TOKEN: text.optional(),
  INSTAGRAM_ACCESS_TOKEN: text.optional(),
  INSTAGRAM_APP_SECRET: text.optional(),
  WHATSAPP_ACCESS_TOKEN: text.optional(),
  WHATSAPP_PHONE_NUMBER_ID: text.optional(),
  WHATSAPP_APP_SECRET: text.optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: text.default('BotFactory <no-reply@localhost>'),
  CUSTOMER_MESSAGES_PER_MINUTE: z.coerce.number().int().min(0).default(20),
  ROLE: z.enum(['all', 'web', 'worker']).default('all'),
  /** Of the embedded database: below this nothing new is taken in. */
  MIN_FREE_MB: z.coerce.number().int().min(0).default(200),
  /** Of the embedded database; 0 = never. */
  DUMP_EVERY_MINUTES: z.coerce.number().min(0).max(10_080).default(15),
  DUMPS_KEPT: z.coerce.number().int().min(1).default(8),
  METRICS_TOKEN: z.string().min(8).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How many proxies stand in front; their X-Forwarded-* headers are believed. */
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(1),
});

type Parsed = z.output<typeof schema>;

/** The environment, checked, with the secrets filled in. */
export type Env = Omit<Parsed, 'SESSION_SECRET' | 'ENCRYPTION_KEY' | 'META_VERIFY_TOKEN'> & {
  SESSION_SECRET: string;
  ENCRYPTION_KEYS: string[];
  META_VERIFY_TOKEN: string;
};

/** The environment is wrong; the message has one line per fault. */
export class EnvError extends Error {}

/**
 * Reads the environment. Empty values count as absent. Secrets that are not given are generated into DATA_DIR (mode
 * 0600), except SESSION_SECRET in production, where a lost file would sign everybody out and lose the channel tokens.
 * @throws EnvError with one line per fault.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  const env = parsed.data;
  const faults = crossFaults(env);
  if (faults.length > 0) throw new EnvError(faults.join('\n'));

  const sessionSecret = env.SESSION_SECRET ?? generated(env.DATA_DIR, 'session-secret');
  return {
    ...env,
    SESSION_SECRET: sessionSecret,
    ENCRYPTION_KEYS: env.ENCRYPTION_KEY ? env.ENCRYPTION_KEY.split(',').map((key) => key.trim()) : [sessionSecret],
    META_VERIFY_TOKEN: env.META_VERIFY_TOKEN ?? generated(env.DATA_DIR, 'meta-verify-token'),
  };
}

function crossFaults(env: Parsed): string[] {
  const faults: string[] = [];
  if (env.NODE_ENV === 'production' && !env.SESSION_SECRET) {
    faults.push(`SESSION_SECRET: required when NODE_ENV=production, at least ${MIN_SECRET_CHARS} characters`);
  }
  if (env.ENCRYPTION_KEY?.split(',').some((key) => key.trim().length < MIN_SECRET_CHARS)) {
    faults.push(`ENCRYPTION_KEY: each key of the list has at least ${MIN_SECRET_CHARS} characters`);
  }
  if (env.TELEGRAM_MODE === 'webhook' && !env.PUBLIC_URL?.startsWith('https://')) {
    faults.push('PUBLIC_URL: an https address is required when TELEGRAM_MODE=webhook');
  }
  return faults;
}

/** A secret of this installation, made once. The exclusive flag keeps two processes from making two. */
function generated(dataDir: string, name: string): string {
  const path = join(dataDir, name);
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return readFileSync(path, 'utf8').trim();
}
