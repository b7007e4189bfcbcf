import { channelOf } from '#channels/channels.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { type Preflight, planBroadcast } from '#core/plan-broadcast.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Actor } from '#web/actor.ts';
import type { AudienceRepo, Tester } from './audience.repo.ts';
import { type Broadcast, type BroadcastContent, type CountRow, hashOf } from './broadcast.ts';
import type { BroadcastsRepo } from './broadcasts.repo.ts';
import type { PhotosRepo } from './photos.repo.ts';
import type { BroadcastSender, SendResult } from './send-broadcast.ts';

interface Deps {
  broadcasts: BroadcastsRepo;
  audience: AudienceRepo;
  photos: Pick<PhotosRepo, 'exists'>;
  send: BroadcastSender;
  audit: AuditLog;
  notifications: Pick<Notifications, 'notify'>;
}

/** One message a second to the same chat. */
const BETWEEN_MESSAGES_MS = 1_000;
export const ACTS = ['pause', 'resume', 'cancel', 'resend'] as const;
export type Act = (typeof ACTS)[number];
const DONE = {
  pause: 'broadcast.paused',
  resume: 'broadcast.resumed',
  cancel: 'broadcast.cancelled',
  resend: 'broadcast.resent',
} as const satisfies Record<Act, AuditAction>;

export function createBroadcastsService({ broadcasts, audience, photos, send, audit, notifications }: Deps) {
  const record = (actor: Actor, action: AuditAction, targetId: string | undefined, details: Record<string, unknown>) =>
    audit.record({ ...actor, action, targetType: 'broadcast', targetId, details });

  async function preflight(tenantId: string, botId: string, content: BroadcastContent): Promise<Preflight> {
    const [groups, { left }] = await Promise.all([audience.groups(tenantId, botId, content), audience.month(tenantId)]);
    return planBroadcast({ groups, planLeft: left });
  }

  /** A check for the form; the reservation at the start decides. */
  async function refuseTooMany(tenantId: string, botId: string, content: BroadcastContent): Promise<void> {
    const { left } = await audience.month(tenantId);
    if (!(await audience.isLargerThan(tenantId, botId, left))) return;
    if ((await preflight(tenantId, botId, content)).refusal === 'plan_limit') {
      throw new ValidationError({ form: 'broadcasts.form.plan_limit' });
    }
  }

  async function refuseLostPhoto(tenantId: string, botId: string, { photoId }: BroadcastContent): Promise<void> {
    if (photoId === null || (await photos.exists(tenantId, botId, photoId))) return;
    throw new ValidationError({ photo: 'broadcasts.form.photo.gone' });
  }

  async function find(tenantId: string, botId: string, id: unknown): Promise<Broadcast> {
    const broadcast = isId(id) ? await broadcasts.find(tenantId, botId, id) : null;
    if (!broadcast) throw new NotFoundError();
    return broadcast;
  }

  async function tryOn({ connection, ...to }: Tester, content: BroadcastContent): Promise<[SendResult, SendResult | null]> {
    const free = await send(connection, { ...to, byTemplate: false }, content);
    if (content.template === null || channelOf(connection.platform)?.outsideWindow !== 'template') return [free, null];
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MESSAGES_MS));
    return [free, await send(connection, { ...to, byTemplate: true }, content)];
  }

  return {
    preflight,
    find,
    list: broadcasts.list,
    testers: audience.testers,
    channels: audience.channels,
    counts: (tenantId: string, id: string): Promise<CountRow[]> => broadcasts.counts(tenantId, id),

    /** The audience is fixed when it begins. @throws ValidationError when the plan has no room. */
    async create(actor: Actor, botId: string, { draft, content }: { draft: string | undefined; content: BroadcastContent }) {
      await refuseLostPhoto(actor.tenantId, botId, content);
      await refuseTooMany(actor.tenantId, botId, content);
      const id = newId();
      const contentHash = hashOf(content);
      const own = { id, draftId: draft ?? id, contentHash, createdBy: actor.actorId };
      const made = await broadcasts.insert(actor.tenantId, botId, { ...own, ...content });
      if (made === null) throw new ValidationError({ form: 'broadcasts.form.too_many_scheduled' });
      if (made.created) {
        await record(actor, 'broadcast.created', id, { botId, scheduledAt: content.scheduledAt?.toISOString() ?? null });
        await notifications.notify('broadcasts');
      }
      return made;
    },

    /** False once it has begun. @throws ValidationError like `create`. */
    async edit(actor: Actor, botId: string, id: string, content: BroadcastContent): Promise<boolean> {
      await refuseLostPhoto(actor.tenantId, botId, content);
      await refuseTooMany(actor.tenantId, botId, content);
      const edited = await broadcasts.edit(actor.tenantId, botId, id, { ...content, contentHash: hashOf(content) });
      if (!edited) return false;
      await record(actor, 'broadcast.edited', id, { botId, scheduledAt: content.scheduledAt?.toISOString() ?? null });
      await notifications.notify('broadcasts');
      return true;
    },

    /** On WhatsApp also the template, so that Meta's check is seen before the broadcast. @throws ValidationError */
    async test(actor: Actor, botId: string, { testTo, content }: { testTo: string | null; content: BroadcastContent }) {
      await refuseLostPhoto(actor.tenantId, botId, content);
      const to = isId(testTo) ? await audience.tester(actor.tenantId, botId, testTo) : null;
      if (!to) throw new ValidationError({ testTo: 'broadcasts.test.nobody' });
      const [free, template] = await tryOn(to, content);
      // Outside the window only the template can arrive.
      const isLate = template !== null && !free.ok && free.reason === 'window_closed';
      const ok = (free.ok || isLate) && (template === null || template.ok);
      await record(actor, 'broadcast.tested', undefined, { botId, customerId: testTo, ok });
      if (template && !template.ok) throw new ValidationError({ templateName: `reasons.peer.${template.reason}` });
      if (!free.ok && !isLate) throw new ValidationError({ testTo: `reasons.peer.${free.reason}` });
    },

    /** False when the broadcast's state does not allow it. */
    async act(actor: Actor, botId: string, id: string, act: Act): Promise<boolean> {
      if (!(await broadcasts[act](actor.tenantId, botId, id))) return false;
      await record(actor, DONE[act], id, { botId });
      await notifications.notify('broadcasts');
      return true;
    },

    exported: (actor: Actor, id: string): Promise<void> => record(actor, 'broadcast.exported', id, {}),
  };
}

export type BroadcastsService = ReturnType<typeof createBroadcastsService>;
