import type { AuditLog } from '#core/audit-log.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Logger } from '#platform/logger.ts';
import type { Mail } from '#platform/mailer.ts';
import type { Limits } from '#web/limits.ts';
import type { UsersQueries } from './users.queries.ts';

// Far more than people forget, far fewer than a list of leaked passwords holds.
const FAILURES = { points: 200, durationSeconds: 900 };
const ONCE_AN_HOUR = { points: 1, durationSeconds: 3_600 };

interface Deps {
  limits: Limits;
  users: Pick<UsersQueries, 'adminsAcrossTenants'>;
  audit: AuditLog;
  i18n: I18n;
  sendMail: (mail: Mail) => Promise<void>;
  logger: Pick<Logger, 'error' | 'warn'>;
}

/** S17 (password spraying): many addresses and accounts at once are visible only here. Alarms once an hour, refuses nobody. */
export function createSignInAlarm({ limits, users, audit, i18n, sendMail, logger }: Deps) {
  const failures = limits.limiter('login-failures', FAILURES);
  const alarms = limits.limiter('login-alarm', ONCE_AN_HOUR);

  async function sound(): Promise<void> {
    const params = { count: FAILURES.points, minutes: FAILURES.durationSeconds / 60 };
    logger.error(params, 'more sign-ins are refused than people forget passwords: somebody is trying many accounts');
    await audit.record({ actorKind: 'system', action: 'session.many_refused', details: params });
    for (const { email, language } of await users.adminsAcrossTenants()) {
      const t = i18n.getFixedT(language);
      await sendMail({ to: email, subject: t('mail.sign_in_alarm.subject'), text: t('mail.sign_in_alarm.text', params) });
    }
  }

  return {
    async refused(): Promise<void> {
      if (await failures.allows('all')) return;
      if (await alarms.allows('all')) await sound().catch((err: Error) => logger.warn(err, 'the alarm was not told'));
    },
  };
}

export type SignInAlarm = ReturnType<typeof createSignInAlarm>;
