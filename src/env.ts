import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_USD_UZS } from '#core/ai-prices.ts';

const text = z.string().trim().min(1);
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
// An environment file holds one line for each setting.
const withLines = (value: string): string => value.replaceAll('\\n', '\n');
const TELEGRAM_NAME = /^@?[A-Za-z]\w{3,31}$/;
const MIN_SECRET_CHARS = 16;
const TELEGRAM_TOKEN = /^\d{4,16}:[\w-]{30,64}$/;
// S25 (guessable secrets).
const MIN_PRODUCTION_BYTES = 32;
const MIN_DIFFERENT_CHARS = 8;
const MAKE_ONE = 'make one: openssl rand -base64 48';

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(5000),
  HOST: text.default('0.0.0.0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATA_DIR: text.default('./data').transform((dir) => resolve(dir)),
  /** `new,old`: the first signs, all of them verify. */
  SESSION_SECRET: z.string().min(MIN_SECRET_CHARS).optional(),
  /** `new,old`: the first key seals, all of them open. */
  ENCRYPTION_KEY: z.string().min(MIN_SECRET_CHARS).optional(),
  PUBLIC_URL: url.optional(),
  GEMINI_API_KEY: text.optional(),
  GEMINI_MODEL: text.default('gemini-3.5-flash-lite'),
  GEMINI_FALLBACK_MODEL: text.default('gemini-3.1-flash-lite'),
  GEMINI_EMBED_MODEL: text.default('gemini-embedding-2'),
  GEMINI_BASE_URL: url.default('https://generativelanguage.googleapis.com'),
  /** Calls of the AI on one UTC day for the whole installation; unset: no limit. */
  AI_DAILY_LIMIT: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
  TELEGRAM_API_ROOT: url.default('https://api.telegram.org'),
  TELEGRAM_MODE: z.enum(['polling', 'webhook']).default('polling'),
  TELEGRAM_DESK_TOKEN: text.regex(TELEGRAM_TOKEN, 'a token of @BotFather, 123456789:AA…').optional(),
  META_GRAPH_URL: url.optional(),
  META_VERIFY_TOKEN: text.optional(),
  INSTAGRAM_ACCESS_TOKEN: text.optional(),
  INSTAGRAM_APP_SECRET: text.optional(),
  WHATSAPP_ACCESS_TOKEN: text.optional(),
  WHATSAPP_PHONE_NUMBER_ID: text.optional(),
  WHATSAPP_APP_SECRET: text.optional(),
  USD_UZS: z.coerce.number().positive().max(1_000_000).default(DEFAULT_USD_UZS),
  PAYMENT_DETAILS_EN: text.transform(withLines).optional(),
  PAYMENT_DETAILS_RU: text.transform(withLines).optional(),
  PAYMENT_DETAILS_UZ: text.transform(withLines).optional(),
  PAYMENT_URL: z.url({ protocol: /^https$/, error: 'an https address' }).optional(),
  CONTACT_EMAIL: z.email('an e-mail address').optional(),
  /** Without the @. */
  CONTACT_TELEGRAM: text
    .regex(TELEGRAM_NAME, 'a Telegram name, @name')
    .transform((name) => name.replace('@', ''))
    .optional(),
  LEGAL_NAME: text.optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: text.default('BotFactory <no-reply@localhost>'),
  CUSTOMER_MESSAGES_PER_MINUTE: z.coerce.number().int().min(0).default(20),
  /** Whether admins need an authenticator app before the admin pages open. Unset: required in production. */
  ADMIN_TWO_FACTOR: z.enum(['required', 'optional']).optional(),
  ROLE: z.enum(['all', 'web', 'worker']).default('all'),
  /** Embedded database: below this free space nothing new is stored. */
  MIN_FREE_MB: z.coerce.number().int().min(0).default(200),
  /** Embedded database; 0 = never. */
  DUMP_EVERY_MINUTES: z.coerce.number().min(0).max(10_080).default(15),
  DUMPS_KEPT: z.coerce.number().int().min(1).default(8),
  METRICS_TOKEN: z.string().min(8).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** The number of proxies in front whose X-Forwarded-* headers are trusted. Unset: one, on a private address (S75). */
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).optional(),
});

type Parsed = z.output<typeof schema>;

export type Env = Omit<Parsed, 'SESSION_SECRET' | 'ENCRYPTION_KEY' | 'META_VERIFY_TOKEN' | 'ADMIN_TWO_FACTOR'> & {
  ADMIN_TWO_FACTOR: 'required' | 'optional';
  SESSION_SECRETS: [string, ...string[]];
  ENCRYPTION_KEYS: string[];
  META_VERIFY_TOKEN: string;
};

export class EnvError extends Error {}

/** Missing secrets are generated into DATA_DIR (0600), except SESSION_SECRET in production, whose loss signs everybody out. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  const env = parsed.data;
  const faults = crossFaults(env);
  if (faults.length > 0) throw new EnvError(faults.join('\n'));

  const { SESSION_SECRET, ENCRYPTION_KEY, ...rest } = env;
  const sessionSecret = SESSION_SECRET ?? generated(env.DATA_DIR, 'session-secret');
  const secrets = sessionSecrets(sessionSecret, env.NODE_ENV);
  return {
    ...rest,
    ADMIN_TWO_FACTOR: env.ADMIN_TWO_FACTOR ?? (env.NODE_ENV === 'production' ? 'required' : 'optional'),
    SESSION_SECRETS: secrets as [string, ...string[]],
    ENCRYPTION_KEYS: ENCRYPTION_KEY ? listOf(ENCRYPTION_KEY) : [...new Set([...secrets, sessionSecret])],
    META_VERIFY_TOKEN: env.META_VERIFY_TOKEN ?? generated(env.DATA_DIR, 'meta-verify-token'),
  };
}

/** A list when each of its values could stand alone: older versions took a comma as part of the one secret. */
function sessionSecrets(value: string, nodeEnv: Parsed['NODE_ENV']): string[] {
  const list = listOf(value);
  return list.some((secret) => isWeak(secret, nodeEnv)) ? [value] : list;
}

const listOf = (value: string): string[] => value.split(',').map((key) => key.trim());

function crossFaults(env: Parsed): string[] {
  const faults: string[] = [];
  if (env.NODE_ENV === 'production' && !env.SESSION_SECRET) {
    faults.push(`SESSION_SECRET: required when NODE_ENV=production; ${MAKE_ONE}`);
  }
  for (const name of ['SESSION_SECRET', 'ENCRYPTION_KEY'] as const) {
    const values = name === 'SESSION_SECRET' ? sessionSecrets(env[name] ?? '', env.NODE_ENV) : listOf(env[name] ?? '');
    const weak = env[name] && values.some((secret) => isWeak(secret, env.NODE_ENV));
    if (weak) faults.push(`${name}: ${env.NODE_ENV === 'production' ? WANTED_IN_PRODUCTION : WANTED}`);
  }
  if (env.TELEGRAM_MODE === 'webhook' && !env.PUBLIC_URL?.startsWith('https://')) {
    faults.push('PUBLIC_URL: an https address is required when TELEGRAM_MODE=webhook');
  } else if (env.TELEGRAM_MODE === 'webhook' && env.PUBLIC_URL && !WEBHOOK_PORTS.includes(new URL(env.PUBLIC_URL).port)) {
    faults.push(
      `PUBLIC_URL: Telegram calls webhooks on the ports 443, 80, 88 and 8443 only, not on ${new URL(env.PUBLIC_URL).port}`,
    );
  }
  return faults;
}

/** '' is the protocol's own. Source: https://core.telegram.org/bots/api#setwebhook (seen 2026-11). */
const WEBHOOK_PORTS = ['', '80', '88', '443', '8443'];

const WANTED = `each value of the list has at least ${MIN_SECRET_CHARS} characters`;
const WANTED_IN_PRODUCTION = `each value of the list has at least ${MIN_PRODUCTION_BYTES} bytes, not all alike; ${MAKE_ONE}`;

const isWeak = (secret: string, nodeEnv: Parsed['NODE_ENV']): boolean =>
  nodeEnv === 'production'
    ? Buffer.byteLength(secret) < MIN_PRODUCTION_BYTES || new Set(secret).size < MIN_DIFFERENT_CHARS
    : secret.length < MIN_SECRET_CHARS;

/** The exclusive flag keeps two processes from creating two secrets. */
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
