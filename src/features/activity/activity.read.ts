import { AUDIT_ACTIONS, type EventKind } from '#core/audit-actions.ts';
import type { Database } from '#platform/db/database.ts';
import { containing } from '#platform/db/like-pattern.ts';
import { report } from '#platform/db/statement.ts';

export interface ActivityLine {
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
export interface ActivityFilter {
  /** Part of an action, an address, a person's or a business' name. */
  q: string;
  /** Actions whose sentences contain `q` in the reader's language. */
  meantActions?: readonly string[];
  kind?: EventKind | null | undefined;
  actorKind: (typeof ACTOR_KINDS)[number] | null;
  tenantId: string | null;
  from?: Date | null;
  until?: Date | null;
  /** Only lines older than this id; null: from the newest. */
  before: number | null;
}

export const PAGE_SIZE = 50;

interface Filter extends Required<Pick<ActivityFilter, 'actorKind' | 'tenantId' | 'before' | 'from' | 'until'>> {
  pattern: string;
  meantActions: readonly string[];
  actions: readonly string[] | null;
  limit: number;
}

const listActivity = report<Filter, ActivityLine>(import.meta.url, './statements/list-activity.sql');

/** Newest first; of all tenants when the filter has none. */
export function createActivityRead({ database: { sql } }: { database: Database }) {
  return (
    { q, meantActions = [], kind, actorKind, tenantId, before, from = null, until = null }: ActivityFilter,
    limit = PAGE_SIZE + 1,
  ): Promise<ActivityLine[]> => {
    const actions = kind ? AUDIT_ACTIONS[kind] : null;
    const filter = { actorKind, tenantId, before, from, until, limit, actions };
    return listActivity(sql, { ...filter, pattern: containing(q), meantActions });
  };
}

export type ActivityRead = ReturnType<typeof createActivityRead>;
