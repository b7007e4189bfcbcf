import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { ValidationError } from '#core/errors.ts';
import { type Sealer, UnknownKeyError } from '#platform/crypto/seal.ts';
import type { Actor } from '#web/actor.ts';
import type { Member } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import type { SecurityMails } from './security-mails.ts';
import type { TwoFactorQueries } from './two-factor.queries.ts';

interface Deps {
  twoFactors: TwoFactorQueries;
  sealer: Sealer;
  securityMails: SecurityMails;
  audit: AuditLog;
  /** S19 (guessing): a code has six digits. */
  tries: Limiter;
}

const STEP_SECONDS = 30;
const SECRET_BYTES = 20;
const CODES = 10;
const CODE_BYTES = 6;
const WRONG = { code: 'twoFactor.wrong' };
const APP_CODE = /^\d{6}$/;

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');
/** As people type them: spaces, hyphens and capitals do not count. */
const plain = (code: string): string => code.replace(/[\s-]/g, '').toLowerCase();
const contextOf = (userId: string) => ({ table: 'two_factors', column: 'sealed_secret', rowId: userId, tenantId: userId });
const newCodes = (): string[] =>
  Array.from({ length: CODES }, () =>
    randomBytes(CODE_BYTES)
      .toString('hex')
      .replace(/(.{6})/, '$1-'),
  );

const totpOf = (secret: string, username = ''): TOTP =>
  new TOTP({ issuer: 'BotFactory', label: username, period: STEP_SECONDS, secret: Secret.fromBase32(secret) });

/** Sign-in by an authenticator app (RFC 6238), with recovery codes for a lost telephone. */
export function createTwoFactor({ twoFactors, sealer, securityMails, audit, tries }: Deps) {
  function open(userId: string, sealed: string): string | null {
    try {
      return sealer.open(sealed, contextOf(userId));
    } catch (error) {
      // Recovery codes still work.
      if (error instanceof UnknownKeyError) return null;
      throw error;
    }
  }

  async function isAppCode(userId: string, code: string): Promise<boolean> {
    const row = await twoFactors.find(userId);
    const secret = row && open(userId, row.sealedSecret);
    if (!secret || !APP_CODE.test(code)) return false;
    const now = Date.now();
    const delta = totpOf(secret).validate({ token: code, timestamp: now, window: 1 });
    if (delta === null) return false;
    return twoFactors.takeStep(userId, Math.floor(now / 1_000 / STEP_SECONDS) + delta);
  }

  /** @throws ValidationError or TooManyRequestsError at `code` */
  async function check(userId: string, given: string, accepts: (code: string) => Promise<boolean>): Promise<void> {
    await tries.consume(userId, { code: 'twoFactor.many' });
    if (!(await accepts(plain(given)))) throw new ValidationError(WRONG);
    await tries.forgive(userId);
  }
  const either =
    (userId: string) =>
    async (code: string): Promise<boolean> =>
      APP_CODE.test(code) ? isAppCode(userId, code) : twoFactors.takeRecoveryCode(userId, hashOf(code));

  const record = (actor: Actor, action: AuditAction): Promise<void> => audit.record({ ...actor, action });

  return {
    isOn: twoFactors.isOn,

    /** The address for the app while it waits for its first code; how many recovery codes are left once it is on. */
    async state({ user }: Member): Promise<{ on: boolean; codesLeft: number; secret: string | null; address: string | null }> {
      const row = await twoFactors.find(user.id);
      if (row?.confirmedAt) return { on: true, codesLeft: row.recoveryHashes.length, secret: null, address: null };
      const secret = row && open(user.id, row.sealedSecret);
      return { on: false, codesLeft: 0, secret, address: secret && totpOf(secret, user.username).toString() };
    },

    begin: (userId: string): Promise<void> =>
      twoFactors.begin(userId, sealer.seal(new Secret({ size: SECRET_BYTES }).base32, contextOf(userId))),

    /** Gives the recovery codes, which are shown once. */
    async confirm(member: Member, actor: Actor, code: string, sessionKey: string): Promise<string[]> {
      const { id } = member.user;
      if (await twoFactors.isOn(id)) throw new ValidationError(WRONG);
      await check(id, code, (digits) => isAppCode(id, digits));
      const codes = newCodes();
      await twoFactors.confirm(id, codes.map(plain).map(hashOf), sessionKey);
      await record(actor, 'two_factor.turned_on');
      await securityMails.twoFactorOn(member.user);
      return codes;
    },

    /** The earlier recovery codes stop working. */
    async renewCodes({ user }: Member, actor: Actor, code: string): Promise<string[]> {
      await check(user.id, code, either(user.id));
      const codes = newCodes();
      await twoFactors.replaceCodes(user.id, codes.map(plain).map(hashOf));
      await record(actor, 'two_factor.codes_made');
      return codes;
    },

    async turnOff({ user }: Member, actor: Actor, code: string): Promise<void> {
      await check(user.id, code, either(user.id));
      await twoFactors.remove(user.id);
      await record(actor, 'two_factor.turned_off');
      await securityMails.twoFactorOff(user);
    },

    /** At a sign-in. @throws ValidationError or TooManyRequestsError at `code` */
    checkSignIn: (userId: string, code: string): Promise<void> => check(userId, code, either(userId)),
  };
}

export type TwoFactor = ReturnType<typeof createTwoFactor>;
