import { once } from 'node:events';
import type { Response } from 'express';
import { csvLine } from '#core/csv.ts';
import type { AuditTrailRead, TrailFilter } from './audit-trail.read.ts';

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

/** Writes the lines of the filter as CSV, newest first, step by step: any number of them in bounded memory. */
export async function sendTrail(trail: AuditTrailRead, filter: Omit<TrailFilter, 'before'>, res: Response): Promise<void> {
  res.attachment('audit.csv').type('text/csv');
  // The mark lets spreadsheets see that it is UTF-8.
  res.write(`\uFEFF${csvLine(HEADS)}`);
  for (let before: number | null = null; !res.destroyed; ) {
    const lines = await trail({ ...filter, before }, STEP_LINES);
    const text = lines.map((line) =>
      csvLine([
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
      ]),
    );
    if (!res.write(text.join(''))) await Promise.race([once(res, 'drain'), once(res, 'close')]);
    if (lines.length < STEP_LINES) break;
    before = lines.at(-1)?.id ?? null;
  }
  res.end();
}
