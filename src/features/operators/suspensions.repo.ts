import type { Database } from '#platform/db/database.ts';

/*
 * $1: a person. With an owner the business is suspended too, and nobody of it stays signed in. Refused where it would shut an
 * admin out: the rights are taken first. The rows of the people concerned are locked in one order.
 */
const CONCERNED = `owned AS (SELECT tenant_id FROM memberships WHERE user_id = $1 AND role = 'owner'),
  people AS MATERIALIZED (SELECT id, is_admin FROM users
    WHERE id = $1 OR id IN (SELECT user_id FROM memberships WHERE tenant_id IN (SELECT tenant_id FROM owned)) ORDER BY id FOR UPDATE)`;

const SUSPEND = `WITH ${CONCERNED},
  allowed AS (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM people WHERE is_admin)),
  tenant AS (UPDATE tenants SET suspended_at = now()
    WHERE id IN (SELECT tenant_id FROM owned) AND suspended_at IS NULL AND EXISTS (SELECT 1 FROM allowed)),
  ended AS (DELETE FROM sessions WHERE user_id IN (SELECT id FROM people) AND EXISTS (SELECT 1 FROM allowed))
  UPDATE users SET suspended_at = coalesce(suspended_at, now()) WHERE id = $1 AND EXISTS (SELECT 1 FROM allowed)`;

const RESTORE = `WITH ${CONCERNED},
  tenant AS (UPDATE tenants SET suspended_at = NULL WHERE id IN (SELECT tenant_id FROM owned))
  UPDATE users SET suspended_at = NULL WHERE id = $1`;

/** Closing a person's account, with the business they own, and opening it again. Nothing is deleted. */
export function createSuspensionsRepo({ database: { sql } }: { database: Database }) {
  return {
    /** False: the person, or somebody of the business, is an admin. */
    suspendAcrossTenants: async (userId: string): Promise<boolean> => (await sql.query(SUSPEND, [userId])).rowCount === 1,

    restoreAcrossTenants: async (userId: string): Promise<boolean> => (await sql.query(RESTORE, [userId])).rowCount === 1,
  };
}

export type SuspensionsRepo = ReturnType<typeof createSuspensionsRepo>;
