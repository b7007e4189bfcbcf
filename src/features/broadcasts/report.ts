import type { Response } from 'express';
import type { CsvLine } from '#core/csv.ts';
import type { Database } from '#platform/db/database.ts';
import { report as sqlReport } from '#platform/db/statement.ts';
import { sendCsv } from '#web/csv.ts';

interface Line {
  id: number;
  name: string;
  username: string | null;
  platform: string | null;
  state: string;
  reason: string | null;
  sentAt: Date | null;
}

const PAGE_LINES = 2_000;
const broadcastReport = sqlReport<{ tenantId: string; id: string; after: number; size: number }, Line>(
  import.meta.url,
  './statements/broadcast-report.sql',
);

/** Page by page: any number of recipients in bounded memory. */
export function createReport({ database }: { database: Database }) {
  return async function* pages(tenantId: string, broadcastId: string): AsyncGenerator<Line[]> {
    for (let after = 0; ; ) {
      const rows = await broadcastReport(database.sql, { tenantId, id: broadcastId, after, size: PAGE_LINES });
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE_LINES) return;
      after = (rows.at(-1) as Line).id;
    }
  };
}

export type Report = ReturnType<typeof createReport>;

export function sendReport(report: Report, tenantId: string, broadcastId: string, res: Response): Promise<void> {
  const { t, formatDateTime } = res.locals as { t: (key: string) => string; formatDateTime: (at: Date) => string };
  const lineOf = ({ name, username, platform, state, reason, sentAt }: Line): CsvLine => [
    name,
    username,
    platform,
    t(`broadcasts.recipient.${state}`),
    reason && t(reasonKey(state, reason)),
    sentAt && formatDateTime(sentAt),
  ];
  async function* blocks(): AsyncGenerator<CsvLine[]> {
    for await (const lines of report(tenantId, broadcastId)) yield lines.map(lineOf);
  }
  const head = ['name', 'username', 'channel', 'state', 'reason', 'time'].map((name) => t(`broadcasts.report.${name}`));
  return sendCsv(res, { name: `broadcast-${broadcastId}`, head, blocks: blocks() });
}

export function reasonKey(state: string, reason: string): string {
  if (state === 'skipped') return `broadcasts.skip.${reason}`;
  return reason === 'interrupted' ? 'broadcasts.skip.interrupted' : `reasons.peer.${reason}`;
}
