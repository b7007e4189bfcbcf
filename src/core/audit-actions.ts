/**
 * Everything the audit trail can say was done, by the kind of event a person looks for: `audit.kind.<kind>`. Closed: a new
 * action needs its details in features/activity/audit-sentences.ts and its sentence at `audit.done.<noun>.<verb>` in every
 * language. One that is no longer written stays, since lines are never changed.
 */
export const AUDIT_ACTIONS = {
  sign_in: [
    'session.started',
    'session.refused',
    'session.left',
    'session.ended',
    'session.others_ended',
    'session.many_refused',
    'password.changed',
    'password.reset_requested',
    'password.reset',
    'password.link_made',
  ],
  account: [
    'user.registered',
    'user.suspended',
    'user.restored',
    'account.changed',
    'account.deleted',
    'admin.granted',
    'admin.revoked',
  ],
  plan: ['subscription.changed', 'subscription.ended', 'upgrade.asked', 'upgrade.approved', 'upgrade.refused'],
  bots: ['bot.created', 'bot.changed', 'bot.started', 'bot.stopped', 'bot.retention_changed', 'bot.deleted'],
  connections: [
    'connection.created',
    'connection.credentials_changed',
    'connection.started',
    'connection.stopped',
    'connection.subscribed',
    'connection.gap',
    'connection.deleted',
  ],
  knowledge: ['knowledge.created', 'knowledge.changed', 'knowledge.deleted'],
  conversations: [
    'conversation.replied',
    'conversation.reply_retried',
    'conversation.taken_over',
    'conversation.bot_resumed',
    'conversation.resolved',
    'customer.erased',
  ],
  broadcasts: [
    'broadcast.created',
    'broadcast.edited',
    'broadcast.tested',
    'broadcast.started',
    'broadcast.paused',
    'broadcast.resumed',
    'broadcast.resent',
    'broadcast.cancelled',
    'broadcast.halted',
    'broadcast.finished',
  ],
  support: ['support.granted', 'support.ended', 'support.viewed'],
  copies: ['tenant.exported', 'audit.exported', 'analytics.exported', 'broadcast.exported'],
  installation: ['keys.rotated', 'messages.redriven'],
} as const;

export type EventKind = keyof typeof AUDIT_ACTIONS;
export type AuditAction = (typeof AUDIT_ACTIONS)[EventKind][number];

export const EVENT_KINDS = Object.keys(AUDIT_ACTIONS) as [EventKind, ...EventKind[]];
