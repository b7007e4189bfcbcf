import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import type { AuditLog } from '#core/audit-log.ts';
import type { Database } from '#platform/db/database.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import { report } from '#platform/db/statement.ts';

const grantToOnlyTenant = report<{ tenantId: string }, { tenantId: string }>(
  import.meta.url,
  './statements/grant-to-only-tenant.sql',
);

/** S67 (the installation's own values): an admin grants them to a tenant; the only tenant of an installation has them anyway. */
export function createInstallationGrants({ database, audit }: { database: Database; audit: AuditLog }) {
  const { sql, prisma } = database;
  const has = async (tenantId: string): Promise<boolean> =>
    (await prisma.installationGrant.findUnique({ where: { tenantId } })) !== null;

  return {
    has,

    /** For pages: whether `hasOrTakes` would be true. */
    mayHave: async (tenantId: string): Promise<boolean> =>
      (await has(tenantId)) ||
      (await prisma.tenant.findFirst({ where: { id: { not: tenantId } }, select: { id: true } })) === null,

    /** The grant to the only tenant is written down, so that it stays when others sign up. */
    async hasOrTakes(tenantId: string): Promise<boolean> {
      if (await has(tenantId)) return true;
      const taken = (await grantToOnlyTenant(sql, { tenantId })).length === 1;
      if (taken)
        await audit.record({ tenantId, actorKind: 'system', action: 'values.granted', targetType: 'tenant', targetId: tenantId });
      return taken;
    },

    /** False when the tenant had it already. */
    grant: (tenantId: string): Promise<boolean> =>
      prisma.installationGrant.create({ data: { tenantId } }).then(
        () => true,
        (error: unknown) => {
          if (isUniqueConflict(error)) return false;
          throw error;
        },
      ),

    /** Stops the connections that use the installation's token. */
    async withdraw(tenantId: string): Promise<void> {
      const now = await database.now();
      await database.transaction(async (tx) => {
        await tx.installationGrant.deleteMany({ where: { tenantId } });
        const data = { enabled: false, state: 'INACTIVE', stateChangedAt: now, failureReason: null, retryAt: null } as const;
        await tx.connection.updateMany({ where: { tenantId, secretLast4: '', enabled: true }, data });
      });
    },
  };
}

export type InstallationGrants = ReturnType<typeof createInstallationGrants>;

/** What a tenant may leave empty. Secrets of the installation's app sign for every account, and are open to all tenants. */
export const defaultsFor = ({ defaults, fields }: Pick<ChannelAdapter, 'defaults' | 'fields'>, granted: boolean): Credentials =>
  granted
    ? defaults
    : Object.fromEntries(Object.entries(defaults).filter(([name]) => fields.some((field) => field.name === name && field.ofApp)));
