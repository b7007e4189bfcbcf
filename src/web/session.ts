import { createHash } from 'node:crypto';
import type { CookieOptions, RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import { DAY_MS, MINUTE_MS } from '#core/durations.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { hmac } from '#platform/crypto/sign.ts';
import type { Database } from '#platform/db/database.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { cookieFlags, cookieName, type Secrets } from './cookies.ts';

declare module 'express-session' {
  interface SessionData {
    passport?: { user: string };
    device?: { ip: string; userAgent: string };
    lastSeenMs?: number;
    signedInMs?: number;
    /** They can confirm an act with one. */
    hasPasskey?: boolean;
    /** Of the password's hash that the sign-in was compared with. Older sessions have none. */
    passwordDigest?: string;
    /** The business it looks at; older sessions have none. */
    tenantId?: string;
  }
}

const readSession = report<{ idHash: string }, { data: SessionData; lastSeenAt: Date; expiresAt: Date }>(
  import.meta.url,
  './statements/read-session.sql',
);
const saveSession = report<
  {
    idHash: string;
    userId: string | null;
    passwordDigest: string;
    data: string;
    ip: string | null;
    userAgent: string | null;
    expiresAt: Date;
  },
  { idHash: string }
>(import.meta.url, './statements/save-session.sql');

const LIFETIME_MS = 14 * DAY_MS;
/** "Last seen" is written at most this often, so that reading a page rarely writes. */
const TOUCH_EVERY_MS = 5 * MINUTE_MS;

/** The table stores a hash, so a stolen table opens no session. */
export const sessionKey = (sessionId: string): string => createHash('sha256').update(sessionId).digest('hex');

/** Sessions in the database, for signed-in users only. Ids we did not issue are refused. */
export function sessions({ database, secrets }: { database: Database; secrets: Secrets }): RequestHandler {
  const make = (secure: boolean): RequestHandler =>
    session({
      store: new DatabaseStore(database, cookieFlags(secure)),
      secret: [...secrets],
      name: cookieName('sid', secure),
      cookie: (req) => ({ ...cookieFlags(req.secure), maxAge: LIFETIME_MS }) as session.CookieOptions,
      resave: false,
      rolling: true,
      saveUninitialized: false,
      // Not 'destroy': a session that cannot be read for a moment would be ended.
      unset: 'keep',
    });
  const [overHttps, overHttp] = [make(true), make(false)];
  return (req, res, next) => (req.secure ? overHttps : overHttp)(req, res, next);
}

/** Whether the cookie's value is signed by us. Its session may have ended. Source: express-session, cookie-signature. */
export function isIssued(value: string, secrets: Secrets): boolean {
  const [, id = '', mac = ''] = /^s:(.*)\.([^.]*)$/.exec(value) ?? [];
  return secrets.some((secret) => isSameSecret(mac, hmac(secret, id).toString('base64').replaceAll('=', '')));
}

/** Ends sessions for other folders. Returns how many. */
export const endSessions = async (
  { session }: Pick<Transaction, 'session'>,
  where: { userId: string | { in: string[] }; idHash?: string | { not: string } },
): Promise<number> => (await session.deleteMany({ where })).count;

/** Of one person in one business: their sessions in other businesses stay. */
export async function endSessionsIn(tx: Transaction, { tenantId, userId }: { tenantId: string; userId: string }): Promise<void> {
  const sessions = await tx.session.findMany({ where: { userId }, select: { idHash: true, data: true } });
  const ended = sessions.filter(({ data }) => ((data as Partial<SessionData>).tenantId ?? tenantId) === tenantId);
  await tx.session.deleteMany({ where: { userId, idHash: { in: ended.map(({ idHash }) => idHash) } } });
}

export async function removeExpiredSessionsAcrossTenants({ prisma }: Pick<Database, 'prisma'>, now: Date): Promise<void> {
  await prisma.session.deleteMany({ where: { expiresAt: { lt: now } } });
}

/** The password changed between the comparison and the sign-in. */
export class PasswordChangedError extends Error {}

type Done<T = void> = (error?: unknown, value?: T | null) => void;

/** express-session reads ENOENT as "no such session". A lost database socket has the same code, so the error is wrapped. */
const failed =
  (done: Done<never>) =>
  (cause: unknown): void =>
    done(new Error('The session store failed', { cause }));

const stored = ({ cookie: _cookie, lastSeenMs: _seen, ...rest }: SessionData) => rest;

class DatabaseStore extends session.Store {
  readonly #database: Database;
  /** The table does not store them; a renewed cookie needs them. */
  readonly #flags: CookieOptions;

  constructor(database: Database, flags: CookieOptions) {
    super();
    this.#database = database;
    this.#flags = flags;
  }

  override get(sessionId: string, done: Done<SessionData>): void {
    readSession(this.#database.sql, { idHash: sessionKey(sessionId) }).then(([row]) => {
      if (!row) return done(null, null);
      const cookie = { ...this.#flags, originalMaxAge: LIFETIME_MS, expires: row.expiresAt } as SessionData['cookie'];
      done(null, { ...row.data, cookie, lastSeenMs: row.lastSeenAt.getTime() });
    }, failed(done));
  }

  override set(sessionId: string, data: SessionData, done: Done = () => {}): void {
    (data.lastSeenMs === undefined ? this.#insert(sessionId, data) : this.#update(sessionId, data)).then(
      (isStored) => done(isStored ? undefined : new PasswordChangedError()),
      failed(done),
    );
  }

  async #insert(sessionId: string, data: SessionData): Promise<boolean> {
    const rows = await saveSession(this.#database.sql, {
      idHash: sessionKey(sessionId),
      userId: data.passport?.user ?? null,
      passwordDigest: data.passwordDigest ?? '',
      data: JSON.stringify(stored(data)),
      ip: data.device?.ip ?? null,
      userAgent: data.device?.userAgent ?? null,
      expiresAt: new Date(Date.now() + LIFETIME_MS),
    });
    return rows.length === 1;
  }

  /** An update only, so a request in flight does not bring an ended session back. */
  async #update(sessionId: string, data: SessionData): Promise<true> {
    const times = { lastSeenAt: new Date(), expiresAt: new Date(Date.now() + LIFETIME_MS) };
    await this.#database.prisma.session.updateMany({
      where: { idHash: sessionKey(sessionId) },
      data: { data: stored(data), ...times },
    });
    return true;
  }

  override touch(sessionId: string, data: SessionData, done: Done = () => {}): void {
    const nowMs = Date.now();
    if (nowMs - (data.lastSeenMs ?? 0) < TOUCH_EVERY_MS) {
      done();
      return;
    }
    const times = { lastSeenAt: new Date(nowMs), expiresAt: new Date(nowMs + LIFETIME_MS) };
    this.#database.prisma.session
      .updateMany({ where: { idHash: sessionKey(sessionId) }, data: times })
      .then(() => done(), failed(done));
  }

  override destroy(sessionId: string, done: Done = () => {}): void {
    this.#database.prisma.session.deleteMany({ where: { idHash: sessionKey(sessionId) } }).then(() => done(), failed(done));
  }
}
