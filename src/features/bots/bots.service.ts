import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import { DEFAULT_LANGUAGE } from '#core/languages.ts';
import type { ConnectionsRepo, ConnectionsService } from '#features/connections/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import { presetName, readPreset } from '#features/presets/feature.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { Bot, BotsQueries } from './bots.queries.ts';
import type { BotForm, DeleteForm, NewBotForm } from './bots.schema.ts';

interface Deps {
  bots: BotsQueries;
  connectionsRepo: Pick<ConnectionsRepo, 'stop' | 'removeMessages'>;
  connections: Pick<ConnectionsService, 'prepare' | 'start' | 'wake'>;
  entries: Pick<KnowledgeApi['entries'], 'addAll'>;
  audit: AuditLog;
  /** After a prompt was changed. */
  saved: () => void;
}

export function createBotsService({ bots, connectionsRepo, connections, entries, audit, saved }: Deps) {
  const record = (actor: Actor, action: AuditAction, targetId: string, details?: Record<string, unknown>) =>
    audit.record({ ...actor, action, targetType: 'bot', targetId, ...(details && { details }) });

  return {
    /** @throws NotFoundError, also for another tenant's bot and an invalid id. */
    async find(tenantId: string, id: unknown): Promise<Bot> {
      const bot = isId(id) ? await bots.find(tenantId, id) : null;
      if (!bot) throw new NotFoundError();
      return bot;
    },

    capacity: bots.capacity,
    retention: bots.retention,
    setRetention: bots.setRetention,

    /** Creates the bot and its first connection, or neither. @throws ValidationError, LimitReachedError */
    async create(
      actor: Actor,
      form: NewBotForm,
    ): Promise<{ id: string; name: string; connected: boolean; preset: string | null }> {
      const { name, trade, language = DEFAULT_LANGUAGE } = form;
      const preset = trade ? readPreset(trade, language) : null;
      const systemPrompt = form.systemPrompt || (preset?.prompt.replaceAll('{{name}}', name) ?? '');
      const bot = { id: newId(), name, systemPrompt, preset: trade ? presetName(trade, language) : null };
      const { used, max } = await bots.capacity(actor.tenantId);
      // Saves a call to the platform. The transaction that creates the bot decides.
      if (used >= max) throw limitReached(max);
      const connection = await connections.prepare(actor.tenantId, bot.id, form);
      const reached = await bots.create(actor.tenantId, bot, connection?.insert);
      if (reached !== null) throw limitReached(reached);
      await connection?.inserted();

      await record(actor, 'bot.created', bot.id, { name, ...(connection && { platform: form.platform }) });
      if (connection) await connections.wake();
      if (preset) await entries.addAll(actor, bot.id, preset.entries.map(firstEntry));
      return { id: bot.id, name, connected: connection !== null, preset: bot.preset };
    },

    async update(actor: Actor, id: string, form: BotForm): Promise<void> {
      const greeting = form.greeting === '' ? null : form.greeting;
      const bot = { id, name: form.name, systemPrompt: form.systemPrompt };
      if (!(await bots.update(actor.tenantId, bot, greeting, actor.actorId))) throw new NotFoundError();
      saved();
      await record(actor, 'bot.changed', id);
    },

    /** Skips connections that the plan lacks. @throws LimitReachedError when the plan includes none. */
    async setEnabled(actor: Actor, id: string, enabled: boolean): Promise<number> {
      const { tenantId } = actor;
      const count = await (enabled ? connections.start(tenantId, id, null) : connectionsRepo.stop(tenantId, id, null));
      await record(actor, enabled ? 'bot.started' : 'bot.stopped', id, { connections: count });
      await connections.wake();
      return count;
    },

    /** Connections stop first, so that nothing arrives meanwhile. @throws ValidationError for another name. */
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

const firstEntry = ({ title, content }: { title: string; content: string }) => ({
  ...{ id: newId(), title, content },
  origin: 'preset' as const,
});
