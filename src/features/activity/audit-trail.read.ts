import { AUDIT_ACTIONS, type EventKind } from '#core/audit-actions.ts';
import type { Database } from '#platform/db/database.ts';
import { containing } from '#platform/db/like-pattern.ts';
import { report } from '#platform/db/statement.ts';

/** One line of the trail with the names of today. */
export interface TrailLine {
  id: number;
  createdAt: Date;
  actorKind: string;
  actorId: string | null;
  actorName: string | null;
  action: string;
  tenantId: string | null;
  tenantName: string | null;
  targetType: string | null;
  targetId: string | null;
  details: Record<string, unknown> | null;
  ip: string | null;
}

export const ACTOR_KINDS = ['owner', 'operator', 'admin', 'system', 'anonymous'] as const;
export interface TrailFilter {
  /** Part of an action, an address, a person's or a business' name. */
  q: string;
  /** Actions that are meant by `q` as well, in whatever language it was asked. */
  said?: readonly string[];
  kind?: EventKind | null | undefined;
  actorKind: (typeof ACTOR_KINDS)[number] | null;
  tenantId: string | null;
  /** From this moment on, and before that one. */
  from?: Date | null;
  until?: Date | null;
  /** Older than this line; null: from the newest. */
  before: number | null;
}

export const PAGE_SIZE = 50;

interface Filter extends Required<Pick<TrailFilter, 'actorKind' | 'tenantId' | 'before' | 'from' | 'until'>> {
  pattern: string;
  meantActions: readonly string[];
  actions: readonly string[] | null;
  limit: number;
}

const listActivity = report<Filter, TrailLine>(import.meta.url, './statements/list-activity.sql');

/** The activity log, newest first: of all tenants, or of the filter's. */
export function createAuditTrailRead({ database: { sql } }: { database: Database }) {
  return (
    { q, said = [], kind, actorKind, tenantId, before, from = null, until = null }: TrailFilter,
    limit = PAGE_SIZE + 1,
  ): Promise<TrailLine[]> => {
    const actions = kind ? AUDIT_ACTIONS[kind] : null;
    const filter = { actorKind, tenantId, before, from, until, limit, actions };
    return listActivity(sql, { ...filter, pattern: containing(q), meantActions: said });
  };
}

export type AuditTrailRead = ReturnType<typeof createAuditTrailRead>;
