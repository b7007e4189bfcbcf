import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import { createFormats } from '#platform/formats.ts';
import type { I18n, Translate } from '#platform/i18n/i18n.ts';
import type { Mail } from '#platform/mailer.ts';
import type { Limiter } from '#web/limits.ts';
import type { NoticesQueries, Recipient } from './notices.queries.ts';

interface Deps {
  notices: NoticesQueries;
  i18n: I18n;
  sendMail: (mail: Mail) => Promise<void>;
  /** One notice an hour for each conversation, and for each fault of a bot. */
  perSubject: Limiter;
  /** A flood of customers must not become a flood of mails. */
  perTenant: Limiter;
  /** Where links lead, without a slash at the end. */
  origin: string;
}

/** Mails to a tenant's owners about what needs them, in each owner's language. */
export function createNotices({ notices, i18n, sendMail, perSubject, perTenant, origin }: Deps) {
  async function tell(tenantId: string, compose: (t: Translate, owner: Recipient) => Omit<Mail, 'to'>): Promise<void> {
    for (const owner of await notices.owners(tenantId)) {
      const t = i18n.getFixedT(isLanguage(owner.language) ? owner.language : DEFAULT_LANGUAGE);
      const { subject, text } = compose(t, owner);
      await sendMail({
        to: owner.email,
        subject: oneLine(subject),
        text: `${text}\n\n-- \n${t('notices.footer', { tenant: owner.tenantName })}`,
      });
    }
  }

  return {
    /** Something an owner has to know that has its own rules of how often. */
    tellOwners: tell,

    /** A customer waits for a person. To be called when the conversation was newly marked. */
    async needsPerson({ tenantId, botName, botId, conversationId, customerName }: NeedsPerson): Promise<void> {
      if (!(await mayTell(perSubject, conversationId)) || !(await mayTell(perTenant, tenantId))) return;
      await tell(tenantId, (t, { username }) => {
        const link = `${origin}/${botId ? `bots/${botId}/conversations/${conversationId}` : 'conversations?waiting=1'}`;
        const customer = oneLine(customerName).trim() || t('notices.unnamed_customer');
        const params = { username, bot: botName, customer, link };
        return { subject: t('notices.needs_person.subject', params), text: t('notices.needs_person.text', params) };
      });
    },

    /** The month's AI answers are used up: told once a month, however many customers find out at the same time. */
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

    /** A connection stopped working. To be called when its state changed. */
    async connectionFailed({ tenantId, botName, botId, reason }: ConnectionFailed): Promise<void> {
      if (!(await mayTell(perSubject, `${botId}:${reason}`))) return;
      await tell(tenantId, (t, { username }) => {
        const why = { reason: t(`reasons.connection.${reason}`), remedy: t(`reasons.connection.${reason}_remedy`) };
        const params = { username, bot: botName, ...why, link: `${origin}/bots/${botId}` };
        return { subject: t('notices.connection_failed.subject', params), text: t('notices.connection_failed.text', params) };
      });
    },

    /** A channel's token could not be renewed and will run out: the owner has to make a new one. */
    async tokenNotRenewed({ tenantId, botName, botId, reason, until }: TokenNotRenewed): Promise<void> {
      if (!(await mayTell(perSubject, `${botId}:not-renewed`))) return;
      await tell(tenantId, (t, { username, language }) => {
        const formats = createFormats(isLanguage(language) ? language : DEFAULT_LANGUAGE, NOTICE_TIME_ZONE);
        const end = until ? t('notices.token_not_renewed.until', { date: formats.formatDate(until) }) : '';
        const params = { username, bot: botName, reason: t(`reasons.peer.${reason}`), end, link: `${origin}/bots/${botId}` };
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
}

interface ConnectionFailed {
  tenantId: string;
  botName: string;
  botId: string;
  reason: ConnectionFailureReason;
}

interface TokenNotRenewed {
  tenantId: string;
  botName: string;
  botId: string;
  reason: PeerFailureReason;
  /** When it runs out, as far as is known. */
  until: Date | null;
}

// A day more or less does not matter here.
const NOTICE_TIME_ZONE = 'Asia/Tashkent';

const mayTell = (limiter: Limiter, key: string): Promise<boolean> =>
  limiter.consume(key).then(
    () => true,
    () => false,
  );

/** A customer chooses their own name: it adds no lines, to a subject or to the text. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);
