import { createHash } from 'node:crypto';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { type Preflight, planBroadcast } from '#core/plan-broadcast.ts';
import { zonedInstant } from '#core/zoned-time.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Actor } from '#web/actor.ts';
import type { AuditService } from '../audit/audit.service.ts';
import type { AudienceRepo } from './audience.repo.ts';
import type { Broadcast, BroadcastContent, BroadcastsRepo, CountRow } from './broadcasts.repo.ts';
import type { BroadcastForm } from './broadcasts.schema.ts';
import type { BroadcastSender } from './send-broadcast.ts';

interface Deps {
  broadcasts: BroadcastsRepo;
  audience: AudienceRepo;
  send: BroadcastSender;
  audit: Pick<AuditService, 'record'>;
  notifications: Pick<Notifications, 'notify'>;
}

/** Sent by a slow hand, a time just gone means now. */
const JUST_NOW_MS = 2 * 60_000;
const FURTHEST_MS = 366 * 24 * 60 * 60_000;
export const ACTS = ['pause', 'resume', 'cancel', 'resend'] as const;
export type Act = (typeof ACTS)[number];
const DONE: Record<Act, string> = { pause: 'paused', resume: 'resumed', cancel: 'cancelled', resend: 'resent' };

/** What an owner does with broadcasts. The bot is one of the tenant's already (bots' loadBot). */
export function createBroadcastsService({ broadcasts, audience, send, audit, notifications }: Deps) {
  const record = (actor: Actor, action: string, targetId: string | undefined, details: Record<string, unknown>) =>
    audit.record({ ...actor, action, targetType: 'broadcast', targetId, details });

  async function preflight(tenantId: string, botId: string, content: BroadcastContent): Promise<Preflight> {
    const [groups, { left }] = await Promise.all([audience.groups(tenantId, botId, content), audience.month(tenantId)]);
    return planBroadcast({ groups, planLeft: left });
  }

  /** A first look, for the form; what counts is the reservation when the broadcast begins. */
  async function refuseTooMany(tenantId: string, botId: string, content: BroadcastContent): Promise<void> {
    const { left } = await audience.month(tenantId);
    if (!(await audience.isLargerThan(tenantId, botId, left))) return;
    if ((await preflight(tenantId, botId, content)).refusal === 'plan_limit') {
      throw new ValidationError({ form: 'broadcasts.form.plan_limit' });
    }
  }

  async function find(tenantId: string, botId: string, id: unknown): Promise<Broadcast> {
    const broadcast = isId(id) ? await broadcasts.find(tenantId, botId, id) : null;
    if (!broadcast) throw new NotFoundError();
    return broadcast;
  }

  return {
    preflight,
    find,
    list: broadcasts.list,
    testers: audience.testers,
    counts: (tenantId: string, id: string): Promise<CountRow[]> => broadcasts.counts(tenantId, id),

    /**
     * Makes the broadcast, or finds the one that was made of this form already; the worker does the rest. Who gets it is
     * decided when it begins. @throws ValidationError when the plan has no room for it.
     */
    async create(actor: Actor, botId: string, { draft, content }: { draft: string | undefined; content: BroadcastContent }) {
      await refuseTooMany(actor.tenantId, botId, content);
      const id = newId();
      const contentHash = hashOf(content);
      const own = { id, draftId: draft ?? id, contentHash, createdBy: actor.actorId };
      const made = await broadcasts.insert(actor.tenantId, botId, { ...own, ...content });
      if (made.created) {
        await record(actor, 'broadcast.created', id, { botId, scheduledAt: content.scheduledAt?.toISOString() ?? null });
        await notifications.notify('broadcasts');
      }
      return made;
    },

    /** Sends the words to one customer, the owner in most cases. @throws ValidationError when that is not possible. */
    async test(actor: Actor, botId: string, { testTo, content }: { testTo: string | null; content: BroadcastContent }) {
      const to = isId(testTo) ? await audience.tester(actor.tenantId, botId, testTo) : null;
      if (!to) throw new ValidationError({ testTo: 'broadcasts.test.nobody' });
      const result = await send(to.connection, to, content);
      await record(actor, 'broadcast.tested', undefined, { botId, customerId: testTo, ok: result.ok });
      if (!result.ok) throw new ValidationError({ testTo: `reasons.peer.${result.reason}` });
    },

    /** False when the broadcast is in no state for that. */
    async act(actor: Actor, botId: string, id: string, act: Act): Promise<boolean> {
      if (!(await broadcasts[act](actor.tenantId, botId, id))) return false;
      await record(actor, `broadcast.${DONE[act]}`, id, { botId });
      await notifications.notify('broadcasts');
      return true;
    },

    exported: (actor: Actor, id: string): Promise<void> => record(actor, 'broadcast.exported', id, {}),
  };
}

export type BroadcastsService = ReturnType<typeof createBroadcastsService>;

/**
 * What the form means. A time without an offset is the business's own.
 * @throws ValidationError for a time that is none, past, or further away than a year.
 */
export function contentOf(form: BroadcastForm, timeZone: string, now: Date): BroadcastContent {
  const { text, buttonLabel, buttonUrl, channel, language, activeDays } = form;
  return { text, buttonLabel, buttonUrl, channel, language, activeDays, scheduledAt: timeOf(form.scheduledAt, timeZone, now) };
}

function timeOf(given: string | null, timeZone: string, now: Date): Date | null {
  if (given === null) return null;
  const exact = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(given) ? new Date(given) : zonedInstant(given, timeZone);
  const aheadMs = exact === null ? Number.NaN : exact.getTime() - now.getTime();
  if (exact === null || Number.isNaN(aheadMs)) throw new ValidationError({ scheduledAt: 'broadcasts.form.scheduled_at.invalid' });
  if (aheadMs < -JUST_NOW_MS) throw new ValidationError({ scheduledAt: 'broadcasts.form.scheduled_at.past' });
  if (aheadMs > FURTHEST_MS) throw new ValidationError({ scheduledAt: 'broadcasts.form.scheduled_at.too_far' });
  return aheadMs <= 0 ? null : exact;
}

/** Of two times that mean now the same: when somebody pressed is no part of it. */
const hashOf = (content: BroadcastContent): string => createHash('sha256').update(JSON.stringify(content)).digest('base64url');
