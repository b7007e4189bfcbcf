import { unlinked } from '#core/unlinked.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Mail } from '#platform/mailer.ts';
import { LIFETIME_MINUTES } from './reset-link.ts';

interface Person {
  username: string;
  email: string;
  language: string;
}

type Kind =
  | 'reset'
  | 'password_changed'
  | 'email_asked'
  | 'email_confirm'
  | 'email_taken'
  | 'email_changed'
  | 'two_factor_on'
  | 'two_factor_off'
  | 'passkey_added';

/** Mails about an account's own safety. They have a queue of their own, and nobody's name becomes a link in them. */
export function createSecurityMails({ i18n, sendMail }: { i18n: I18n; sendMail: (mail: Mail) => Promise<void> }) {
  function send(kind: Kind, { username, email, language }: Person, params: Record<string, string | number> = {}): Promise<void> {
    const t = i18n.getFixedT(language);
    const text = t(`mail.${kind}.text`, { ...params, username: unlinked(username) });
    return sendMail({ to: email, subject: t(`mail.${kind}.subject`), text });
  }

  return {
    resetLink: (person: Person, link: string): Promise<void> => send('reset', person, { link, minutes: LIFETIME_MINUTES }),
    passwordChanged: (person: Person): Promise<void> => send('password_changed', person),
    emailAsked: (person: Person, newEmail: string): Promise<void> => send('email_asked', person, { email: newEmail }),
    confirmEmail: (person: Person, link: string, hours: number): Promise<void> => send('email_confirm', person, { link, hours }),
    emailTaken: (person: Person): Promise<void> => send('email_taken', person),
    twoFactorOn: (person: Person): Promise<void> => send('two_factor_on', person),
    twoFactorOff: (person: Person): Promise<void> => send('two_factor_off', person),
    passkeyAdded: (person: Person): Promise<void> => send('passkey_added', person),
    emailChanged: (person: Person): Promise<void> => send('email_changed', person),
  };
}

export type SecurityMails = ReturnType<typeof createSecurityMails>;
