import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, type DatabaseAddress, openDatabase } from '#platform/db/database.ts';
import { refuseWrongKey } from '#platform/db/key-check.ts';
import { lookAtDatabase } from '#platform/db/look-at-database.ts';
import { connectToHolder, openEmbedded } from '#platform/embedded/embedded-database.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { answersAt, certificateEnd } from '#platform/servers.ts';
import type { Env } from '../env.ts';

/** `warn`: it works, and something should be done. */
export interface Finding {
  state: 'ok' | 'warn' | 'bad';
  what: string;
  says: string;
  /** What to do about it. */
  remedy?: string;
}

const ask = createHttpClient();
const MOST_CLOCK_MS = 30_000;
const LEAST_CERTIFICATE_DAYS = 14;
const DAY_MS = 86_400_000;
const MB = 1024 * 1024;

const ok = (what: string, says: string): Finding => ({ state: 'ok', what, says });
const warn = (what: string, says: string, remedy: string): Finding => ({ state: 'warn', what, says, remedy });
const bad = (what: string, says: string, remedy: string): Finding => ({ state: 'bad', what, says, remedy });
const messageOf = (error: unknown): string => {
  const { message, cause, errors } = error as Error & { cause?: Error; errors?: Error[] };
  return cause?.message || message || errors?.[0]?.message || 'no answer';
};

/** The database with its keys and channels. */
export async function checkDatabase({ DATABASE_URL, DATA_DIR, ENCRYPTION_KEYS }: Env): Promise<Finding[]> {
  const dir = join(DATA_DIR, 'database');
  if (!DATABASE_URL && !existsSync(dir)) return [ok('database', `none yet in ${DATA_DIR}: the first start makes it`)];
  const held = DATABASE_URL ? null : await connectToHolder(dir);
  const opened = DATABASE_URL || held ? null : await openEmbedded(dir);
  const connection = held ?? opened?.connection;
  const address: DatabaseAddress = connection ? { kind: 'embedded', connection } : { kind: 'postgres', url: DATABASE_URL ?? '' };
  try {
    const { version, now, missing } = await lookAtDatabase(address);
    const name = connection ? `embedded (Postgres ${version})` : `Postgres ${version}`;
    const findings = [
      ok('database', missing.length === 0 ? name : `${name}; the next start applies ${missing.length} migrations`),
    ];
    const awayMs = Math.abs(now.getTime() - Date.now());
    if (awayMs > MOST_CLOCK_MS)
      findings.push(bad('clock', `${Math.round(awayMs / 1_000)} s from the database’s`, 'Set both clocks by NTP.'));
    findings.push(await checkKeys(address, ENCRYPTION_KEYS));
    if (missing.length === 0) findings.push(...(await checkChannels(address)));
    return findings;
  } catch (error) {
    return [bad('database', messageOf(error), 'Check that the server runs, and the address, user and password in DATABASE_URL.')];
  } finally {
    await opened?.close();
  }
}

async function checkKeys(address: DatabaseAddress, keys: readonly string[]): Promise<Finding> {
  try {
    await refuseWrongKey(address, keys);
    return ok('keys', 'they open what the database holds');
  } catch (error) {
    return bad('keys', messageOf(error), 'Give the key the database was made with, or restore the dump with its keys.');
  }
}

async function checkChannels(address: DatabaseAddress): Promise<Finding[]> {
  const database = openDatabase(address, { onError: () => {} });
  try {
    return await channelsIn(database);
  } finally {
    await database.close();
  }
}

async function channelsIn({ prisma }: Pick<Database, 'prisma'>): Promise<Finding[]> {
  const groups = await prisma.connection.groupBy({ by: ['platform', 'state', 'failureReason'], _count: true });
  return groups.map(({ platform, state, failureReason, _count: count }) => {
    const says = `${count} ${state}${failureReason ? ` (${failureReason})` : ''}`;
    return state === 'FAILED'
      ? warn(platform, says, 'Their owners see the reason with its remedy on the bot’s page.')
      : ok(platform, says);
  });
}

/** Free space beside the data. */
export async function checkDisk({ DATA_DIR, MIN_FREE_MB, DATABASE_URL }: Env): Promise<Finding> {
  if (!existsSync(DATA_DIR)) return ok('disk', `${DATA_DIR} is made by the first start`);
  const { bavail, bsize } = await statfs(DATA_DIR);
  const freeMb = Math.floor((bavail * bsize) / MB);
  const says = `${freeMb} MB free in ${DATA_DIR}`;
  if (DATABASE_URL || freeMb >= 5 * MIN_FREE_MB) return ok('disk', says);
  const remedy = `Make room: below ${MIN_FREE_MB} MB nothing new is stored.`;
  return freeMb < MIN_FREE_MB ? bad('disk', says, remedy) : warn('disk', says, remedy);
}

/** Each model that answers customers. */
export function checkModels(env: Env): Promise<Finding[]> {
  const { GEMINI_API_KEY: key, GEMINI_BASE_URL: base, GEMINI_MODEL, GEMINI_FALLBACK_MODEL, GEMINI_EMBED_MODEL } = env;
  if (!key)
    return Promise.resolve([
      warn(
        'AI',
        'GEMINI_API_KEY is not set: bots answer from their knowledge alone',
        'Make a key at https://aistudio.google.com/apikey.',
      ),
    ]);
  const models = [...new Set([GEMINI_MODEL, GEMINI_FALLBACK_MODEL, GEMINI_EMBED_MODEL])];
  return Promise.all(models.map((model) => checkModel(`${base}/v1beta/models/${model}`, model, key)));
}

// Source: https://ai.google.dev/api/models#method:-models.get (seen 2026-11).
async function checkModel(url: string, model: string, key: string): Promise<Finding> {
  const what = `AI ${model}`;
  const answer = await ask({ method: 'GET', url, query: { key } });
  if (!answer.ok) return bad(what, answer.reason, `Check that this machine reaches ${new URL(url).origin}.`);
  const { status } = answer;
  if (status === 200) return ok(what, 'Google serves it');
  if (status === 404)
    return bad(what, 'Google does not know it', 'Name another in GEMINI_MODEL, GEMINI_FALLBACK_MODEL or GEMINI_EMBED_MODEL.');
  if (status === 400 || status === 401 || status === 403)
    return bad(
      what,
      `refused (${status})`,
      'Check GEMINI_API_KEY, its project’s billing, and whether Google serves this country.',
    );
  return warn(what, `answered ${status}`, 'Try again in some minutes.');
}

/** What platforms and browsers reach from outside. */
export async function checkPublicAddress({ PUBLIC_URL, NODE_ENV, TELEGRAM_MODE }: Env): Promise<Finding[]> {
  if (!PUBLIC_URL) {
    const remedy = 'Set PUBLIC_URL to the https address: WhatsApp, Instagram and links in mails need it.';
    return [warn('public address', 'PUBLIC_URL is not set', remedy)];
  }
  const { protocol, hostname, port } = new URL(PUBLIC_URL);
  const findings: Finding[] = [];
  if (protocol !== 'https:' && (NODE_ENV === 'production' || TELEGRAM_MODE === 'webhook'))
    findings.push(
      bad('public address', `${PUBLIC_URL} is not https`, 'Put a proxy with a certificate in front, for example Caddy.'),
    );
  findings.push(await reached(PUBLIC_URL));
  if (protocol === 'https:') findings.push(await checkCertificate(hostname, Number(port || 443)));
  return findings;
}

async function reached(address: string): Promise<Finding> {
  const remedy = 'Check DNS, the proxy, and that the app runs behind it.';
  const answer = await ask({ method: 'GET', url: `${address}/healthz` });
  if (!answer.ok) return bad('public address', `${address}: ${answer.reason}`, remedy);
  if (answer.status !== 200) return bad('public address', `${address}/healthz answered ${answer.status}`, remedy);
  return ok('public address', `${address} reaches the app`);
}

/** Its end, and that a client trusts it. */
async function checkCertificate(host: string, port: number): Promise<Finding> {
  try {
    const daysLeft = Math.floor(((await certificateEnd({ host, port })).getTime() - Date.now()) / DAY_MS);
    const says = `good for ${daysLeft} days`;
    const remedy = 'Renew it, and find out why it was not renewed by itself.';
    return daysLeft >= LEAST_CERTIFICATE_DAYS ? ok('certificate', says) : warn('certificate', says, remedy);
  } catch (error) {
    return bad('certificate', messageOf(error), 'Platforms refuse it: install one of a public authority with its whole chain.');
  }
}

/** Whether mail can leave. The letters themselves are not tried. */
export async function checkMail({ SMTP_URL }: Env): Promise<Finding> {
  if (!SMTP_URL)
    return warn('mail', 'SMTP_URL is not set: letters are written to the log', 'Set SMTP_URL, so that passwords can be reset.');
  const { hostname: host, port, protocol } = new URL(SMTP_URL);
  try {
    await answersAt({ host, port: Number(port || (protocol === 'smtps:' ? 465 : 587)) });
    return ok('mail', `${host} answers`);
  } catch (error) {
    return bad('mail', `${host}: ${messageOf(error)}`, 'Check SMTP_URL, and that this machine may connect to that port.');
  }
}
