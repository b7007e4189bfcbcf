import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import type { ConnectionsRepo, ConnectionsService } from '#features/connections/feature.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { Bot, BotsQueries } from './bots.queries.ts';
import type { BotForm, DeleteForm, NewBotForm } from './bots.schema.ts';

interface Deps {
  bots: BotsQueries;
  connectionsRepo: Pick<ConnectionsRepo, 'stop' | 'removeMessages'>;
  connections: Pick<ConnectionsService, 'prepare' | 'start' | 'wake'>;
  audit: AuditLog;
}

/** What an owner does with bots. */
export function createBotsService({ bots, connectionsRepo, connections, audit }: Deps) {
  const record = (actor: Actor, action: AuditAction, targetId: string, details?: Record<string, unknown>) =>
    audit.record({ ...actor, action, targetType: 'bot', targetId, ...(details && { details }) });

  return {
    /** @throws NotFoundError also for another tenant's bot and for what is no id at all. */
    async find(tenantId: string, id: unknown): Promise<Bot> {
      const bot = isId(id) ? await bots.find(tenantId, id) : null;
      if (!bot) throw new NotFoundError();
      return bot;
    },

    capacity: bots.capacity,

    /**
     * Makes a bot and, when credentials were entered, its first connection: both or neither.
     * @throws ValidationError when the platform refuses the credentials, LimitReachedError when the plan's bots are used up or
     * it lacks the platform.
     */
    async create(actor: Actor, form: NewBotForm): Promise<{ id: string; name: string; connected: boolean }> {
      const { name, systemPrompt } = form;
      const bot = { id: newId(), name, systemPrompt };
      const { used, max } = await bots.capacity(actor.tenantId);
      // Spares the platform's check; what decides is the statement that inserts.
      if (used >= max) throw limitReached(max);
      const connection = await connections.prepare(actor.tenantId, bot.id, form);
      const reached = await bots.create(actor.tenantId, bot, connection?.insert);
      if (reached !== null) throw limitReached(reached);

      await record(actor, 'bot.created', bot.id, { name, ...(connection && { platform: form.platform }) });
      if (connection) await connections.wake();
      return { id: bot.id, name, connected: connection !== null };
    },

    /** @throws NotFoundError */
    async update(actor: Actor, id: string, form: BotForm): Promise<void> {
      const greeting = form.greeting === '' ? null : form.greeting;
      if (!(await bots.update(actor.tenantId, { id, name: form.name, systemPrompt: form.systemPrompt }, greeting))) {
        throw new NotFoundError();
      }
      await record(actor, 'bot.changed', id);
    },

    /**
     * Starts or stops all its connections; those the plan lacks are not started. Returns how many.
     * @throws LimitReachedError when the plan has none of them.
     */
    async setEnabled(actor: Actor, id: string, enabled: boolean): Promise<number> {
      const { tenantId } = actor;
      const count = await (enabled ? connections.start(tenantId, id, null) : connectionsRepo.stop(tenantId, id, null));
      await record(actor, enabled ? 'bot.started' : 'bot.stopped', id, { connections: count });
      await connections.wake();
      return count;
    },

    /**
     * Deletes the bot with everything in it. Its connections stop first, so that nothing more arrives meanwhile.
     * @throws ValidationError when a name was typed and it is not the bot's.
     */
    async remove(actor: Actor, bot: Bot, form: DeleteForm): Promise<void> {
      if (form.confirmName !== undefined && form.confirmName !== bot.name) {
        throw new ValidationError({ confirmName: 'bots.delete.name_differs' });
      }
      await connectionsRepo.stop(actor.tenantId, bot.id, null);
      await connections.wake();
      await connectionsRepo.removeMessages(actor.tenantId, bot.id, null);
      await bots.remove(actor.tenantId, bot.id);
      await record(actor, 'bot.deleted', bot.id, { name: bot.name });
      await connections.wake();
    },
  };
}

export type BotsService = ReturnType<typeof createBotsService>;

const limitReached = (max: number): LimitReachedError => new LimitReachedError('bots.error.limit_reached', { max, count: max });
