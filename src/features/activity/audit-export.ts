import type { Response } from 'express';
import type { CsvLine } from '#core/csv.ts';
import { sendCsv } from '#web/csv.ts';
import type { AuditTrailRead, TrailFilter, TrailLine } from './audit-trail.read.ts';

const STEP_LINES = 2_000;
const HEADS = [
  'id',
  'time',
  'actor_kind',
  'actor_id',
  'actor',
  'action',
  'tenant_id',
  'tenant',
  'target_type',
  'target_id',
  'ip',
  'details',
];

/** Sends the lines of the filter as CSV, newest first. */
export function sendTrail(trail: AuditTrailRead, filter: Omit<TrailFilter, 'before'>, res: Response): Promise<void> {
  async function* blocks(): AsyncGenerator<CsvLine[]> {
    for (let before: number | null = null; ; ) {
      const lines = await trail({ ...filter, before }, STEP_LINES);
      yield lines.map(lineOf);
      if (lines.length < STEP_LINES) return;
      before = lines.at(-1)?.id ?? null;
    }
  }
  return sendCsv(res, { name: 'audit', head: HEADS, blocks: blocks() });
}

const lineOf = (line: TrailLine): CsvLine => [
  line.id,
  line.createdAt.toISOString(),
  line.actorKind,
  line.actorId,
  line.actorName,
  line.action,
  line.tenantId,
  line.tenantName,
  line.targetType,
  line.targetId,
  line.ip,
  line.details && JSON.stringify(line.details),
];
