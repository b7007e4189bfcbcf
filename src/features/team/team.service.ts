import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { Role } from '#core/rights.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { TeamChange, TeamQueries } from './team.queries.ts';

interface Deps {
  team: TeamQueries;
  audit: AuditLog;
  /** Every process forgets the desks of who left. */
  desksChanged: () => Promise<void>;
}

/** Roles of members, and who stays. */
export function createTeam({ team, audit, desksChanged }: Deps) {
  function settled(change: TeamChange): void {
    if (change === 'gone') throw new NotFoundError();
    if (change === 'last_owner') throw new ValidationError({ form: 'team.error.last_owner' });
  }
  const record = (actor: Actor, action: AuditAction, userId: string, details: Record<string, unknown> = {}): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'user', targetId: userId, details });

  return {
    members: team.members,

    /** @throws NotFoundError for who does not belong to the business */
    async ensure(tenantId: string, userId: unknown): Promise<void> {
      if (!isId(userId) || !(await team.isMember(tenantId, userId))) throw new NotFoundError();
    },

    async rename(actor: Actor, name: string): Promise<void> {
      await team.rename(actor.tenantId, name);
      await audit.record({ ...actor, action: 'team.renamed' });
    },

    /** @throws NotFoundError, ValidationError for the last owner */
    async setRole(actor: Actor, userId: string, role: Role): Promise<void> {
      settled(await team.setRole(actor.tenantId, userId, role));
      await record(actor, 'team.role_changed', userId, { role });
    },

    /** Also oneself. @throws NotFoundError, ValidationError for the last owner */
    async remove(actor: Actor, userId: string): Promise<void> {
      settled(await team.remove(actor.tenantId, userId));
      await record(actor, userId === actor.actorId ? 'team.left' : 'team.removed', userId);
      await desksChanged();
    },

    /** @throws NotFoundError for a business the person does not belong to */
    async choose(userId: string, tenantId: unknown): Promise<string> {
      if (!isId(tenantId) || !(await team.choose(tenantId, userId, new Date()))) throw new NotFoundError();
      return tenantId;
    },
  };
}

export type Team = ReturnType<typeof createTeam>;
