import type { AccountNotice, InboundEvent } from '#core/inbound-event.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../meta/json.ts';

type Told = Omit<AccountNotice, 'kind'>;
type Reader = (value: JsonObject) => Told | null;

const TEMPLATE_EVENTS: Record<string, AccountNotice['notice']> = {
  REJECTED: 'template_rejected',
  PAUSED: 'template_paused',
  DISABLED: 'template_disabled',
  FLAGGED: 'template_flagged',
};
const ACCOUNT_EVENTS: Record<string, AccountNotice['notice']> = {
  ACCOUNT_VIOLATION: 'account_violation',
  ACCOUNT_RESTRICTION: 'account_restricted',
  ACCOUNT_DELETED: 'account_deleted',
  PARTNER_APP_UNINSTALLED: 'access_removed',
  PARTNER_REMOVED: 'access_removed',
};
const QUALITY_EVENTS: Record<string, AccountNotice['notice']> = { FLAGGED: 'quality_low', DOWNGRADE: 'limit_lowered' };

/** What needs the owner, by field. Good news is left out. Source: META whatsapp/webhooks/reference (2026-11). */
const READERS: Record<string, Reader> = {
  message_template_status_update: (value) => {
    const notice = TEMPLATE_EVENTS[eventOf(value)];
    const rejection = objectOf(value['rejection_info']);
    const why = [objectOf(value['other_info'])['description'], rejection['reason'], rejection['recommendation']];
    const reason = textOf(value['reason']);
    const said = why.map(textOf).filter(Boolean).join(' ') || (reason === 'NONE' ? '' : (reason ?? ''));
    return notice ? { notice, ...about(templateOf(value)), ...(said && { said }) } : null;
  },
  message_template_quality_update: (value) =>
    ['RED', 'YELLOW'].includes(textOf(value['new_quality_score']) ?? '')
      ? { notice: 'template_flagged', ...about(templateOf(value)), said: textOf(value['new_quality_score']) as string }
      : null,
  template_category_update: (value) => {
    const category = textOf(value['correct_category']) ?? textOf(value['new_category']);
    return category ? { notice: 'template_category', ...about(templateOf(value)), said: category } : null;
  },
  phone_number_quality_update: (value) => {
    const notice = QUALITY_EVENTS[eventOf(value)];
    const limit = textOf(value['max_daily_conversations_per_business']) ?? textOf(value['current_limit']);
    return notice ? { notice, ...about(limit), ...numberIn(value) } : null;
  },
  phone_number_name_update: (value) =>
    textOf(value['decision']) === 'REJECTED'
      ? { notice: 'name_rejected', ...about(textOf(value['requested_verified_name'])), ...numberIn(value) }
      : null,
  account_review_update: (value) => (textOf(value['decision']) === 'REJECTED' ? { notice: 'account_rejected' } : null),
  account_update: (value) => {
    const state = textOf(objectOf(value['ban_info'])['waba_ban_state']);
    if (eventOf(value) === 'DISABLED_UPDATE')
      return state === 'REINSTATE' ? null : { notice: state === 'DISABLE' ? 'account_disabled' : 'account_restricted' };
    const notice = ACCOUNT_EVENTS[eventOf(value)];
    const limits = objectsOf(value['restriction_info']).map((one) => textOf(one['restriction_type']));
    const said = [textOf(objectOf(value['violation_info'])['violation_type']), ...limits].filter(Boolean).join(', ');
    return notice ? { notice, ...(said && { said }) } : null;
  },
  account_alerts: (value) => {
    const alert = { ...value, ...objectOf(value['alert_info']) };
    const said = textOf(alert['alert_description']) ?? textOf(alert['alert_type']);
    return textOf(alert['alert_severity']) === 'INFORMATIONAL' || !said ? null : { notice: 'alert', said };
  },
};

const eventOf = (value: JsonObject): string => textOf(value['event']) ?? '';
const about = (what: string | undefined) => (what ? { about: what } : {});

function numberIn(value: JsonObject): { number?: string } {
  const number = textOf(value['display_phone_number'])?.replace(/\D/g, '');
  return number ? { number } : {};
}

function templateOf(value: JsonObject): string | undefined {
  const [name, language] = [textOf(value['message_template_name']), textOf(value['message_template_language'])];
  return name && language ? `${name} (${language})` : name;
}

const MAX_CHARS = 500;

/** A delivery about the business account, which has no number. */
export function noticeOf(field: string, value: JsonObject): InboundEvent | null {
  const told = READERS[field]?.(value);
  if (!told) return null;
  const cut = (text: string) => text.replace(/\s+/g, ' ').slice(0, MAX_CHARS);
  return {
    kind: 'account_notice',
    ...told,
    ...(told.about && { about: cut(told.about) }),
    ...(told.said && { said: cut(told.said) }),
  };
}
