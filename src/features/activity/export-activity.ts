import type { Response } from 'express';
import type { CsvLine } from '#core/csv.ts';
import { sendCsv } from '#web/csv.ts';
import type { ActivityFilter, ActivityLine, ActivityRead } from './activity.read.ts';

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

/** A business's own copy says what an admin did, not who and from where. */
export function sendActivity(
  read: ActivityRead,
  filter: Omit<ActivityFilter, 'before'>,
  res: Response,
  { hidesAdmins }: { hidesAdmins: boolean },
): Promise<void> {
  async function* blocks(): AsyncGenerator<CsvLine[]> {
    for (let before: number | null = null; ; ) {
      const lines = await read({ ...filter, before }, STEP_LINES);
      yield lines.map((line) =>
        lineOf(hidesAdmins && line.actorKind === 'admin' ? { ...line, actorId: null, actorName: null, ip: null } : line),
      );
      if (lines.length < STEP_LINES) return;
      before = lines.at(-1)?.id ?? null;
    }
  }
  return sendCsv(res, { name: 'audit', head: HEADS, blocks: blocks() });
}

const lineOf = (line: ActivityLine): CsvLine => [
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
