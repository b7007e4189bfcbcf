// A business' trail as years of work leave it: a line of every action, and one of another version of the product.
import { AUDIT_ACTIONS, EVENT_KINDS } from '../../src/core/audit-actions.ts';
import type { Installation } from './app-process.ts';

const DETAILS = {
  name: 'Oltin Non yordamchisi',
  platform: 'telegram',
  plan: 'PREMIUM',
  type: 'PREMIUM',
  months: 6,
  endsAt: '2027-05-31T19:00:00Z',
  maxBots: 20,
  maxMessagesPerMonth: 25_000,
  scheduledAt: '2026-12-01T04:00:00Z',
  expiresAt: '2026-11-27T04:00:00Z',
  from: '2026-11-20T04:00:00Z',
  until: '2026-11-22T09:30:00Z',
  count: 3,
  minutes: 15,
  ok: true,
  reason: 'many_failures',
  table: 'questions',
  period: '30',
  connections: 12,
  messages: 40,
};
const BY_SYSTEM = /^(keys|messages)\.|ended$|gap$|halted$|finished$|broadcast\.started$|many_refused$/;
const BY_ADMIN = /^(user\.|admin\.|upgrade\.(approved|refused)|support\.viewed|subscription\.changed)/;

/** Writes the lines about the bot whose page has the address `bot`, newest last, and makes its owner an admin. */
export async function seedTrail(installation: Pick<Installation, 'query'>, bot: string): Promise<{ userId: string }> {
  const botId = bot.split('/')[2] as string;
  const [owner] = await installation.query<{ tenantId: string; userId: string }>(
    'SELECT m.tenant_id AS "tenantId", m.user_id AS "userId" FROM bots b JOIN memberships m ON m.tenant_id = b.tenant_id WHERE b.id = $1',
    [botId],
  );
  if (!owner) throw new Error(`nobody has ${bot}`);
  await installation.query('UPDATE users SET is_admin = true WHERE id = $1', [owner.userId]);
  const actions = [...EVENT_KINDS.flatMap((kind) => [...AUDIT_ACTIONS[kind]]), 'user.flew'];
  for (const action of actions) {
    const kind = BY_SYSTEM.test(action) ? 'system' : BY_ADMIN.test(action) ? 'admin' : 'owner';
    const target = BY_ADMIN.test(action) || action.startsWith('password.') ? ['user', owner.userId] : ['bot', botId];
    await installation.query(
      `INSERT INTO audit_lines (tenant_id, actor_id, actor_kind, action, target_type, target_id, details, ip)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        owner.tenantId,
        kind === 'system' ? null : owner.userId,
        kind,
        action,
        ...target,
        JSON.stringify({ ...DETAILS, botId }),
        kind === 'system' ? null : '2a05:45c7:ffff:8000:1111:2222:3333:4444',
      ],
    );
  }
  return { userId: owner.userId };
}
