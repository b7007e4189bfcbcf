import { channelName } from '#channels/channels.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { createFormats } from '#platform/formats.ts';
import type { Translate } from '#platform/i18n/i18n.ts';
import type { TrailLine } from './audit-trail.read.ts';
import type { TrailNames } from './trail-names.read.ts';

/** The reader's language and time zone: what every view has (web/view-locals). */
export type Words = { t: Translate } & Pick<ReturnType<typeof createFormats>, 'formatDateTime' | 'formatMonth' | 'formatNumber'>;
export type Told = Pick<TrailLine, 'action' | 'targetType' | 'targetId' | 'details'>;
/** One value of a sentence. A line that does not have it, since it is old or what it is about is gone, still has a sentence. */
type Detail = (line: Told, words: Words, names: TrailNames) => string | number;

const UNKNOWN = '…';
const ID_CHARS = 8;

/** What was deleted since can at least be told from another. */
const nameOf = (names: TrailNames, id: unknown): string =>
  names.get(String(id)) ?? (typeof id === 'string' ? id.slice(0, ID_CHARS) + UNKNOWN : UNKNOWN);
const known = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const bot: Detail = ({ targetId, details }, _words, names) =>
  known(details?.['name']) ? details['name'] : nameOf(names, details?.['botId'] ?? targetId);
const user: Detail = ({ targetId }, _words, names) => nameOf(names, targetId);
const connection: Detail = (line, words, names) =>
  names.has(String(line.targetId)) || !line.details?.['platform'] ? nameOf(names, line.targetId) : channel(line, words, names);
const channel: Detail = ({ details }, { t }) => {
  const platform = String(details?.['platform'] ?? '');
  return platform === '' ? t('audit.word.no_channel') : channelName(platform);
};
const text =
  (field: string): Detail =>
  ({ details }) =>
    known(details?.[field]) ? details[field] : UNKNOWN;
const number =
  (field: string): Detail =>
  ({ details }, { formatNumber }) =>
    typeof details?.[field] === 'number' ? formatNumber(details[field]) : UNKNOWN;
/** For a sentence with plural forms, which need the number itself. */
const count: Detail = ({ details }) => Number(details?.['count']) || 0;
const months: Detail = ({ details }, { t }) =>
  typeof details?.['months'] === 'number' ? t('admin.upgrades.months', { count: details['months'] }) : UNKNOWN;
const kept: Detail = (line, words, names) =>
  line.details?.['months'] === null ? words.t('audit.word.kept_always') : months(line, words, names);
const moment =
  (field: string, whenNull: 'at_once' | 'endless' | null = null): Detail =>
  ({ details }, { t, formatDateTime }) => {
    const value = details?.[field];
    if (value === null && whenNull) return t(`audit.word.${whenNull}`);
    return known(value) && !Number.isNaN(Date.parse(String(value))) ? formatDateTime(value) : UNKNOWN;
  };
const until: Detail = (line, words, names) =>
  line.details?.['endsAt'] === null
    ? words.t('audit.word.endless')
    : words.t('audit.word.until', { date: moment('endsAt')(line, words, names) });
const outcome: Detail = ({ details }, { t }) => t(details?.['ok'] === true ? 'audit.word.test_sent' : 'audit.word.test_failed');
const reason: Detail = ({ details }, { t }) =>
  t(`audit.halt.${String(details?.['reason'])}`, { defaultValue: String(details?.['reason'] ?? UNKNOWN) });
const seen: Detail = ({ targetType }, { t }) => t(targetType === 'conversation' ? 'audit.word.seen_one' : 'audit.word.seen_list');
const table: Detail = ({ details }, { t }) =>
  t(`analytics.panel.${String(details?.['table'])}`, { defaultValue: String(details?.['table'] ?? UNKNOWN) });
const period: Detail = ({ details }, { t, formatMonth }) => {
  const key = String(details?.['period'] ?? '');
  if (/^\d{4}-\d{2}$/.test(key)) return formatMonth(key);
  return /^\d+$/.test(key) ? t('analytics.period.days', { count: Number(key) }) : UNKNOWN;
};

/** The values of each action's sentence, `audit.done.<noun>.<verb>`, by their names in it. */
export const AUDIT_SENTENCES: Record<AuditAction, Record<string, Detail>> = {
  'session.started': {},
  'session.refused': {},
  'session.left': {},
  'session.ended': {},
  'session.others_ended': { count },
  'session.many_refused': { refused: number('count'), minutes: number('minutes') },
  'password.changed': {},
  'password.reset_requested': {},
  'password.reset': {},
  'password.link_made': { user },
  'user.registered': {},
  'user.suspended': { user },
  'user.restored': { user },
  'account.changed': {},
  'account.deleted': {},
  'admin.granted': { user },
  'admin.revoked': { user },
  'subscription.changed': { plan: text('type'), until, bots: number('maxBots'), answers: number('maxMessagesPerMonth') },
  'subscription.ended': { plan: text('type'), date: moment('endsAt') },
  'upgrade.asked': { plan: text('plan'), months },
  'upgrade.approved': { plan: text('plan'), months },
  'upgrade.refused': { plan: text('plan'), months },
  'bot.created': { bot, channel },
  'bot.changed': { bot },
  'bot.started': { bot },
  'bot.stopped': { bot },
  'bot.retention_changed': { bot, kept },
  'bot.deleted': { bot },
  'connection.created': { bot, connection },
  'connection.credentials_changed': { bot, connection },
  'connection.started': { bot, connection },
  'connection.stopped': { bot, connection },
  'connection.subscribed': { bot, connection },
  'connection.gap': { bot, connection, from: moment('from'), until: moment('until') },
  'connection.deleted': { bot },
  'knowledge.created': { bot },
  'knowledge.changed': { bot },
  'knowledge.deleted': { bot },
  'conversation.replied': { bot },
  'conversation.reply_retried': { bot },
  'conversation.taken_over': { bot },
  'conversation.bot_resumed': { bot },
  'conversation.resolved': { bot },
  'customer.erased': { bot },
  'broadcast.created': { bot, when: moment('scheduledAt', 'at_once') },
  'broadcast.edited': { bot, when: moment('scheduledAt', 'at_once') },
  'broadcast.tested': { bot, outcome },
  'broadcast.started': { bot },
  'broadcast.paused': { bot },
  'broadcast.resumed': { bot },
  'broadcast.resent': { bot },
  'broadcast.cancelled': { bot },
  'broadcast.halted': { bot, reason },
  'broadcast.finished': { bot },
  'support.granted': { until: moment('expiresAt') },
  'support.ended': {},
  'support.viewed': { seen },
  'tenant.exported': {},
  'audit.exported': {},
  'analytics.exported': { bot, table, period },
  'broadcast.exported': { bot },
  'keys.rotated': { connections: number('connections') },
  'messages.redriven': { messages: number('messages') },
};

const isKnown = (action: string): action is AuditAction => Object.hasOwn(AUDIT_SENTENCES, action);
const sentenceKey = (action: AuditAction): string => `audit.done.${action}`;

/** What was done, in words; null for an action of another version of the product. */
export function sentenceOf(line: Told, words: Words, names: TrailNames): string | null {
  if (!isKnown(line.action)) return null;
  const values = Object.entries(AUDIT_SENTENCES[line.action]).map(([name, detail]) => [name, detail(line, words, names)]);
  return words.t(sentenceKey(line.action), Object.fromEntries(values) as Record<string, string | number>);
}

/** The actions whose sentences have the text in the reader's language, so that one finds what one reads. */
export function actionsSaying(text: string, t: Translate): AuditAction[] {
  const wanted = text.toLowerCase();
  const says = (action: AuditAction): boolean => {
    const blank = Object.fromEntries(Object.keys(AUDIT_SENTENCES[action]).map((name) => [name, name === 'count' ? 0 : '']));
    return t(sentenceKey(action), blank).toLowerCase().includes(wanted);
  };
  return wanted === '' ? [] : (Object.keys(AUDIT_SENTENCES) as AuditAction[]).filter(says);
}
