/**
 * A condition on a connection and its tenant (aliases): nothing may be said there. The owner or an admin stopped it, the plan does
 * not cover it, or its token is refused.
 */
export const stoppedSql = (connection: string, tenant: string): string =>
  `(NOT ${connection}.enabled OR ${tenant}.suspended_at IS NOT NULL
    OR coalesce(${connection}.failure_reason IN ('plan_limit', 'token_revoked'), false))`;
