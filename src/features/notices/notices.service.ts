import type { AccountNotice } from '#core/inbound-event.ts';
import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import { DEFAULT_TIME_ZONE } from '#core/time.ts';
import { unlinked } from '#core/unlinked.ts';
import { createFormats } from '#platform/formats.ts';
import type { I18n, Translate } from '#platform/i18n/i18n.ts';
import type { Mail } from '#platform/mailer.ts';
import type { Limiter } from '#web/limits.ts';
import type { Admin, NoticesQueries, Recipient } from './notices.queries.ts';

/** Members who read notices at their desk in place of mails. */
export interface DeskNotices {
  usersWithDesk(tenantId: string): Promise<string[]>;
  tell(tenantId: string, userId: string, notice: { subject: string; text: string }): Promise<void>;
}

interface Deps {
  notices: NoticesQueries;
  i18n: I18n;
  sendMail: (mail: Mail) => Promise<void>;
  desks: DeskNotices;
  perSubject: Pick<Limiter, 'consume'>;
  /** A flood of customers must not become a flood of mails. */
  perTenant: Pick<Limiter, 'consume'>;
  origin: string;
}

export function createNotices({ notices, i18n, sendMail, desks, perSubject, perTenant, origin }: Deps) {
  async function tell(tenantId: string, compose: (t: Translate, owner: Recipient) => Omit<Mail, 'to'>): Promise<void> {
    const atDesk = new Set(await desks.usersWithDesk(tenantId));
    for (const owner of await notices.owners(tenantId)) {
      const t = i18n.getFixedT(isLanguage(owner.language) ? owner.language : DEFAULT_LANGUAGE);
      const { subject, text } = compose(t, { ...owner, username: unlinked(owner.username) });
      if (atDesk.has(owner.userId)) {
        await desks.tell(tenantId, owner.userId, { subject: oneLine(subject), text });
        continue;
      }
      await sendMail({
        to: owner.email,
        subject: oneLine(subject),
        text: `${text}\n\n-- \n${t('notices.footer', { tenant: unlinked(owner.tenantName) })}`,
      });
    }
  }

  /** The people of the business hear of their customers at a desk, so that mails would only repeat it. */
  const hasDesk = async (tenantId: string): Promise<boolean> => (await desks.usersWithDesk(tenantId)).length > 0;

  return {
    hasDesk,

    /** For notices with their own rate limits. */
    tellOwners: tell,

    async tellAdmins(compose: (t: Translate, admin: Admin) => Omit<Mail, 'to'>): Promise<void> {
      for (const admin of await notices.adminsAcrossTenants()) {
        const t = i18n.getFixedT(isLanguage(admin.language) ? admin.language : DEFAULT_LANGUAGE);
        const { subject, text } = compose(t, { ...admin, username: unlinked(admin.username) });
        await sendMail({ to: admin.email, subject: oneLine(subject), text });
      }
    },

    /** Call it when the conversation was newly marked. `question`: the customer's own words, or ''. */
    async needsPerson({ tenantId, botName, botId, conversationId, customerName, question = '' }: NeedsPerson): Promise<void> {
      // There is a card of it.
      if (await hasDesk(tenantId)) return;
      if (!(await mayTell(perSubject, conversationId)) || !(await mayTell(perTenant, tenantId))) return;
      await tell(tenantId, (t, { username }) => {
        const link = `${origin}/${botId ? `bots/${botId}/conversations/${conversationId}` : 'conversations?waiting=1'}`;
        const customer = unlinked(oneLine(customerName)).trim() || t('notices.unnamed_customer');
        const words = unlinked(oneLine(question)).trim();
        const quoted = words === '' ? '' : `\n\n“${words}”`;
        const params = { username, bot: unlinked(oneLine(botName)), customer, link, quoted };
        return { subject: t('notices.needs_person.subject', params), text: t('notices.needs_person.text', params) };
      });
    },

    /** Once a month, however many customers meet the limit at the same time. */
    async quotaReached({ tenantId }: { tenantId: string }): Promise<void> {
      const month = await notices.takeLimitNotice(tenantId);
      if (!month) return;
      try {
        await tell(tenantId, (t, { username }) => {
          const params = { username, link: `${origin}/subscription` };
          return { subject: t('notices.quota_reached.subject', params), text: t('notices.quota_reached.text', params) };
        });
      } catch (error) {
        await notices.returnLimitNotice(tenantId, month);
        throw error;
      }
    },

    /** Call it when the state changed. */
    async connectionFailed({ tenantId, botName, botId, reason }: ConnectionFailed): Promise<void> {
      if (!(await mayTell(perSubject, `${botId}:${reason}`))) return;
      await tell(tenantId, (t, { username }) => {
        const why = { reason: t(`reasons.connection.${reason}`), remedy: t(`reasons.connection.${reason}_remedy`) };
        const params = { username, bot: unlinked(oneLine(botName)), ...why, link: `${origin}/bots/${botId}` };
        return { subject: t('notices.connection_failed.subject', params), text: t('notices.connection_failed.text', params) };
      });
    },

    /** What a platform says of the account: a refused template, bad quality, a restriction. */
    async accountWarning({ tenantId, botName, botId, notice, about = '', said = '' }: AccountWarning): Promise<void> {
      if (!(await mayTell(perSubject, `${tenantId}:${notice}:${about}`)) || !(await mayTell(perTenant, tenantId))) return;
      await tell(tenantId, (t, { username }) => {
        const what = t(`notices.account.${notice}`, { about: unlinked(oneLine(about)) });
        const quoted = said === '' ? '' : `\n\nMeta: “${unlinked(said)}”`;
        const remedy = t(`notices.account.${notice}_remedy`);
        const params = { username, bot: unlinked(oneLine(botName)), what, remedy, quoted, link: `${origin}/bots/${botId}` };
        return { subject: t('notices.account_warning.subject', params), text: t('notices.account_warning.text', params) };
      });
    },

    async tokenNotRenewed({ tenantId, botName, botId, reason, until }: TokenNotRenewed): Promise<void> {
      if (!(await mayTell(perSubject, `${botId}:not-renewed`))) return;
      await tell(tenantId, (t, { username, language }) => {
        const formats = createFormats(isLanguage(language) ? language : DEFAULT_LANGUAGE, DEFAULT_TIME_ZONE);
        const end = until ? t('notices.token_not_renewed.until', { date: formats.formatDate(until) }) : '';
        const params = {
          username,
          bot: unlinked(oneLine(botName)),
          reason: t(`reasons.peer.${reason}`),
          end,
          link: `${origin}/bots/${botId}`,
        };
        return { subject: t('notices.token_not_renewed.subject', params), text: t('notices.token_not_renewed.text', params) };
      });
    },
  };
}

export type Notices = ReturnType<typeof createNotices>;

interface NeedsPerson {
  tenantId: string;
  botName: string;
  botId?: string;
  conversationId: string;
  customerName: string;
  question?: string;
}

interface ConnectionFailed {
  tenantId: string;
  botName: string;
  botId: string;
  reason: ConnectionFailureReason;
}

interface AccountWarning extends Omit<AccountNotice, 'kind' | 'number'> {
  tenantId: string;
  botName: string;
  botId: string;
}

interface TokenNotRenewed {
  tenantId: string;
  botName: string;
  botId: string;
  reason: PeerFailureReason;
  until: Date | null;
}

const mayTell = (limiter: Pick<Limiter, 'consume'>, key: string): Promise<boolean> =>
  limiter.consume(key).then(
    () => true,
    () => false,
  );

/** Customers choose their own names, so a name must not add lines. Nor a link: unlinked. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);
