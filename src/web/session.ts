import { createHash } from 'node:crypto';
import type { CookieOptions, RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { cookieFlags, cookieName } from './cookies.ts';

declare module 'express-session' {
  interface SessionData {
    passport?: { user: string };
    /** Where the person signed in from; shown in the list of sessions. */
    device?: { ip: string; userAgent: string };
    lastSeenMs?: number;
    /** When the password was last given. */
    signedInMs?: number;
  }
}

const readSession = report<{ idHash: string }, { data: SessionData; lastSeenAt: Date; expiresAt: Date }>(
  import.meta.url,
  './statements/read-session.sql',
);
const saveSession = report<{
  idHash: string;
  userId: string | null;
  data: string;
  ip: string | null;
  userAgent: string | null;
  expiresAt: Date;
}>(import.meta.url, './statements/save-session.sql');

const DAY_MS = 86_400_000;
const LIFETIME_MS = 14 * DAY_MS;
/** "Last seen" is written at most this often, so that reading a page rarely writes. */
const TOUCH_EVERY_MS = 5 * 60_000;

/** The table's key of a session: a hash, so a stolen table opens no session. */
export const sessionKey = (sessionId: string): string => createHash('sha256').update(sessionId).digest('hex');

/** Sessions in the database, for signed-in people only. Ids we did not issue are refused. */
export function sessions({ database, secret }: { database: Database; secret: string }): RequestHandler {
  const make = (secure: boolean): RequestHandler =>
    session({
      store: new DatabaseStore(database, cookieFlags(secure)),
      secret,
      name: cookieName('sid', secure),
      cookie: (req) => ({ ...cookieFlags(req.secure), maxAge: LIFETIME_MS }) as session.CookieOptions,
      resave: false,
      rolling: true,
      saveUninitialized: false,
      // Not 'destroy': a session that could not be read for a moment would be ended.
      unset: 'keep',
    });
  const [overHttps, overHttp] = [make(true), make(false)];
  return (req, res, next) => (req.secure ? overHttps : overHttp)(req, res, next);
}

type Done<T = void> = (error?: unknown, value?: T | null) => void;

/** express-session reads ENOENT as "no such session". A lost database socket has the same code, so the error is wrapped. */
const failed =
  (done: Done<never>) =>
  (cause: unknown): void =>
    done(new Error('The session store failed', { cause }));

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
    const { cookie: _cookie, lastSeenMs: _seen, ...rest } = data;
    saveSession(this.#database.sql, {
      idHash: sessionKey(sessionId),
      userId: data.passport?.user ?? null,
      data: JSON.stringify(rest),
      ip: data.device?.ip ?? null,
      userAgent: data.device?.userAgent ?? null,
      expiresAt: new Date(Date.now() + LIFETIME_MS),
    }).then(() => done(), failed(done));
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
