import type { AuthenticatorTransport } from '@simplewebauthn/server';
import type { AuditLog } from '#core/audit-log.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import type { Actor } from '#web/actor.ts';
import type { Member } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import type { Challenge } from './passkey-challenge.ts';
import { MAX_PASSKEYS, type PasskeysQueries } from './passkeys.queries.ts';
import type { SecurityMails } from './security-mails.ts';

interface Deps {
  passkeys: PasskeysQueries;
  securityMails: Pick<SecurityMails, 'passkeyAdded'>;
  audit: AuditLog;
  /** S19 (guessing), together with codes. */
  tries: Limiter;
}

/** Where the page stands that asks: the browser signs it. */
export interface Site {
  origin: string;
  id: string;
}

/** What the browser gave: an untrusted JSON object. */
// biome-ignore lint/suspicious/noExplicitAny: the library checks every field of it
export type KeyResponse = any;

const REFUSED = { passkey: 'twoFactor.passkey.refused' };
// Loaded at the first use: most processes never need it.
const library = () => import('@simplewebauthn/server');

const described = ({ credentialId, transports }: { credentialId: string; transports: string[] }) => ({
  id: credentialId,
  transports: transports as AuthenticatorTransport[],
});

/** Passkeys (WebAuthn level 3) as another second step of a sign-in, beside the authenticator app. */
export function createPasskeys({ passkeys, securityMails, audit, tries }: Deps) {
  /** @throws ValidationError at `passkey` */
  async function checked<Answer extends { verified: boolean }>(verify: () => Promise<Answer>): Promise<Answer> {
    // The library throws on whatever is not as it must be.
    const answer = await verify().catch(() => null);
    if (!answer?.verified) throw new ValidationError(REFUSED);
    return answer;
  }

  return {
    list: passkeys.list,

    async creationOptions({ user }: Member, challenge: string, site: Site) {
      const known = await passkeys.list(user.id);
      if (known.length >= MAX_PASSKEYS) throw new LimitReachedError('twoFactor.passkey.full', { count: MAX_PASSKEYS });
      const { generateRegistrationOptions } = await library();
      return generateRegistrationOptions({
        rpName: 'BotFactory',
        rpID: site.id,
        userName: user.username,
        userDisplayName: user.username,
        userID: new TextEncoder().encode(user.id),
        challenge: Buffer.from(challenge, 'base64url'),
        excludeCredentials: known.map(described),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      });
    },

    /** @throws ValidationError at `passkey` */
    async add(
      { user }: Member,
      actor: Actor,
      { name, response, challenge, site }: { name: string; response: KeyResponse; challenge: Challenge | null; site: Site },
    ): Promise<void> {
      if (!challenge) throw new ValidationError(REFUSED);
      const { verifyRegistrationResponse } = await library();
      const expected = { expectedChallenge: challenge.challenge, expectedOrigin: site.origin, expectedRPID: site.id };
      const { registrationInfo } = await checked(() =>
        verifyRegistrationResponse({ response, ...expected, requireUserVerification: false }),
      );
      const { id: credentialId, publicKey, counter, transports = [] } = registrationInfo?.credential ?? {};
      if (!credentialId || !publicKey || counter === undefined) throw new ValidationError(REFUSED);
      const key = { credentialId, publicKey: new Uint8Array(publicKey), counter, transports, name, challengeAt: challenge.at };
      if (!(await passkeys.add(user.id, key))) throw new ValidationError(REFUSED);
      await audit.record({ ...actor, action: 'passkey.added' });
      await securityMails.passkeyAdded(user);
    },

    /** @throws NotFoundError */
    async remove({ user }: Member, actor: Actor, id: string): Promise<void> {
      if (!(await passkeys.remove(user.id, id))) throw new NotFoundError();
      await audit.record({ ...actor, action: 'passkey.removed' });
    },

    async requestOptions(userId: string, challenge: string, site: Site, userVerification: 'preferred' | 'required') {
      const { generateAuthenticationOptions } = await library();
      return generateAuthenticationOptions({
        rpID: site.id,
        challenge: Buffer.from(challenge, 'base64url'),
        allowCredentials: (await passkeys.list(userId)).map(described),
        userVerification,
      });
    },

    /** `verified`: the device must have asked who holds it. @throws ValidationError or TooManyRequestsError at `passkey` */
    async check(
      userId: string,
      {
        response,
        challenge,
        site,
        verified,
      }: { response: KeyResponse; challenge: Challenge | null; site: Site; verified: boolean },
    ): Promise<void> {
      await tries.consume(userId, { passkey: 'twoFactor.many' });
      const key = challenge && (await passkeys.find(userId, String(response?.id ?? '')));
      if (!challenge || !key) throw new ValidationError(REFUSED);
      const { verifyAuthenticationResponse } = await library();
      const { credentialId: id, publicKey, counter } = key;
      const { authenticationInfo } = await checked(() =>
        verifyAuthenticationResponse({
          response,
          expectedChallenge: challenge.challenge,
          expectedOrigin: site.origin,
          expectedRPID: site.id,
          credential: { id, publicKey, counter },
          requireUserVerification: verified,
        }),
      );
      const isNew = await passkeys.use(key.id, { counter: authenticationInfo.newCounter, challengeAt: challenge.at });
      if (!isNew) throw new ValidationError(REFUSED);
      await tries.forgive(userId);
    },
  };
}

export type Passkeys = ReturnType<typeof createPasskeys>;
