import { channelName } from '#channels/channels.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { createFormats } from '#platform/formats.ts';
import type { Translate } from '#platform/i18n/i18n.ts';
import type { ActivityLine } from './activity.read.ts';
import type { ActivityNames } from './activity-names.read.ts';

export type Words = { t: Translate } & Pick<ReturnType<typeof createFormats>, 'formatDateTime' | 'formatMonth' | 'formatNumber'>;
export type SentenceLine = Pick<ActivityLine, 'action' | 'targetType' | 'targetId' | 'details'>;
/** One value of a sentence. Old lines and deleted objects may lack it. */
type Detail = (line: SentenceLine, words: Words, names: ActivityNames) => string | number;

const UNKNOWN = '…';
const ID_CHARS = 8;

/** A deleted object is named by the start of its id. */
const nameOf = (names: ActivityNames, id: unknown): string =>
  names.get(String(id)) ?? (typeof id === 'string' ? id.slice(0, ID_CHARS) + UNKNOWN : UNKNOWN);
const known = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const bot: Detail = ({ targetId, details }, _words, names) =>
  known(details?.['name']) ? details['name'] : nameOf(names, details?.['botId'] ?? targetId);
const user: Detail = ({ targetId }, _words, names) => nameOf(names, targetId);
const role: Detail = ({ details }, { t }) => t(`team.role.${details?.['role'] === 'owner' ? 'owner' : 'operator'}`);
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
/** Plural forms need the number itself. */
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
const ceiling: Detail = ({ details }, { t, formatNumber }) =>
  typeof details?.['ceilingUzs'] === 'number'
    ? t('audit.word.ceiling', { number: formatNumber(details['ceilingUzs']) })
    : t('audit.word.no_ceiling');
const seen: Detail = ({ targetType }, { t }) => t(targetType === 'conversation' ? 'audit.word.seen_one' : 'audit.word.seen_list');
const table: Detail = ({ details }, { t }) =>
  t(`analytics.panel.${String(details?.['table'])}`, { defaultValue: String(details?.['table'] ?? UNKNOWN) });
const period: Detail = ({ details }, { t, formatMonth }) => {
  const key = String(details?.['period'] ?? '');
  if (/^\d{4}-\d{2}$/.test(key)) return formatMonth(key);
  return /^\d+$/.test(key) ? t('analytics.period.days', { count: Number(key) }) : UNKNOWN;
};

/** The named values of each action's sentence `audit.done.<noun>.<verb>`. */
export const ACTIVITY_SENTENCES: Record<AuditAction, Record<string, Detail>> = {
  'session.started': {},
  'session.refused': {},
  'session.left': {},
  'session.ended': {},
  'session.others_ended': { count },
  'requests.refused': { refused: number('count'), status: number('status'), addresses: number('addresses') },
  'session.many_refused': { refused: number('count'), minutes: number('minutes') },
  'two_factor.turned_on': {},
  'two_factor.turned_off': {},
  'two_factor.codes_made': {},
  'passkey.added': {},
  'passkey.removed': {},
  'password.changed': {},
  'password.reset_requested': {},
  'password.reset': {},
  'password.link_made': { user },
  'user.registered': {},
  'user.suspended': { user },
  'user.restored': { user },
  'account.changed': {},
  'account.email_changed': {},
  'account.email_confirmed': {},
  'account.deleted': {},
  'desk.code_made': {},
  'desk.linked': {},
  'desk.unlinked': {},
  'desk.settings_changed': {},
  'admin.granted': { user },
  'admin.revoked': { user },
  'team.invited': { role },
  'team.invitation_withdrawn': {},
  'team.joined': { role },
  'team.role_changed': { user, role },
  'team.removed': { user },
  'team.left': {},
  'team.renamed': {},
  'subscription.changed': { plan: text('type'), until, bots: number('maxBots'), answers: number('maxMessagesPerMonth') },
  'subscription.ended': { plan: text('type'), date: moment('endsAt') },
  'cost_ceiling.changed': { ceiling },
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
  'values.granted': {},
  'values.withdrawn': {},
  'knowledge.created': { bot },
  'knowledge.changed': { bot },
  'knowledge.deleted': { bot },
  'knowledge.imported': { bot, count },
  'import.started': { bot },
  'import.changed': { bot },
  'import.cancelled': { bot },
  'facts.changed': { bot },
  'revision.restored': { bot },
  'quality.added': { bot },
  'quality.changed': { bot },
  'quality.removed': { bot },
  'quality.accepted': { bot },
  'quality.asked': { bot },
  'quality.replayed': { bot },
  'quality.self_tested': { bot },
  'question.answered': { bot },
  'question.sent': { bot },
  'question.dismissed': { bot },
  'conversation.replied': { bot },
  'conversation.reply_retried': { bot },
  'conversation.taken_over': { bot },
  'conversation.bot_resumed': { bot },
  'conversation.resolved': { bot },
  'conversation.reopened': { bot },
  'conversation.corrected': { bot },
  'conversation.labelled': { bot },
  'conversation.assigned': { bot },
  'note.added': { bot },
  'note.removed': { bot },
  'label.created': {},
  'label.changed': {},
  'label.deleted': {},
  'saved_reply.created': {},
  'saved_reply.changed': {},
  'saved_reply.deleted': {},
  'conversation.language_set': { bot },
  'customer.joined': { bot },
  'customer.parted': { bot },
  'customer.changed': { bot },
  'customer.opted_out': { bot },
  'customer.opted_in': { bot },
  'customer.erased': { bot },
  'customer.forgotten': { bot },
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

const isKnown = (action: string): action is AuditAction => Object.hasOwn(ACTIVITY_SENTENCES, action);
const sentenceKey = (action: AuditAction): string => `audit.done.${action}`;

/** Null for an action of another version of the product. */
export function sentenceOf(line: SentenceLine, words: Words, names: ActivityNames): string | null {
  if (!isKnown(line.action)) return null;
  const values = Object.entries(ACTIVITY_SENTENCES[line.action]).map(([name, detail]) => [name, detail(line, words, names)]);
  return words.t(sentenceKey(line.action), Object.fromEntries(values) as Record<string, string | number>);
}

/** Actions whose sentences contain the text, so that a search finds what the page shows. */
export function actionsMeantBy(text: string, t: Translate): AuditAction[] {
  const wanted = text.toLowerCase();
  const says = (action: AuditAction): boolean => {
    const blank = Object.fromEntries(Object.keys(ACTIVITY_SENTENCES[action]).map((name) => [name, name === 'count' ? 0 : '']));
    return t(sentenceKey(action), blank).toLowerCase().includes(wanted);
  };
  return wanted === '' ? [] : (Object.keys(ACTIVITY_SENTENCES) as AuditAction[]).filter(says);
}
