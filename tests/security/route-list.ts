// Every route of the product, with who may use it. A route that is in no line here fails tests/security/route-inventory.

/**
 * anyone: signed in or not · visitor: only who is not signed in, others go to the dashboard · member: of the tenant, owner or
 * operator · owner · admin: of the installation; to anybody else the page does not exist · platform: signed by a platform or
 * with its secret · probe: of whoever runs the installation.
 */
export type Who = 'anyone' | 'visitor' | 'member' | 'owner' | 'admin' | 'platform' | 'probe';

export interface RouteRow {
  method: 'GET' | 'POST';
  path: string;
  who: Who;
  /** Whether a form's token is asked for: every POST but the platforms'. */
  csrf: boolean;
  /** What is counted, so that a flood is answered 429; none: costs no more than a page. */
  limit?: 'address' | 'account' | 'person' | 'plan';
}

type Line = [method: RouteRow['method'], path: string, who: Who, limit?: RouteRow['limit']];

const LINES: Line[] = [
  ['GET', '/healthz', 'probe'],
  ['GET', '/readyz', 'probe'],
  ['GET', '/metrics', 'platform'],
  ['GET', '/assets/app.css', 'anyone'],
  ['GET', '/assets/icons.svg', 'anyone'],
  ['GET', '/media/photos/:photoId/:file', 'platform'],

  ['POST', '/webhooks/telegram/:connectionId', 'platform'],
  ['GET', '/webhooks/whatsapp', 'platform'],
  ['POST', '/webhooks/whatsapp', 'platform'],
  ['GET', '/webhooks/instagram', 'platform'],
  ['POST', '/webhooks/instagram', 'platform'],

  ['GET', '/', 'anyone'],
  ['POST', '/language', 'anyone'],
  ['GET', '/register', 'visitor'],
  ['POST', '/register', 'anyone', 'address'],
  ['GET', '/login', 'visitor'],
  ['POST', '/login', 'anyone', 'account'],
  ['POST', '/logout', 'anyone'],
  ['GET', '/forgot-password', 'anyone'],
  ['POST', '/forgot-password', 'anyone', 'address'],
  ['GET', '/reset-password/:token', 'anyone'],
  ['POST', '/reset-password/:token', 'anyone', 'address'],

  ['GET', '/dashboard', 'member'],
  ['GET', '/bots', 'member'],
  ['GET', '/bots/new', 'member'],
  ['POST', '/bots', 'owner', 'plan'],
  ['GET', '/bots/:id', 'member'],
  ['POST', '/bots/:id', 'owner'],
  ['GET', '/bots/:id/status', 'member'],
  ['POST', '/bots/:id/start', 'owner'],
  ['POST', '/bots/:id/stop', 'owner'],
  ['POST', '/bots/:id/delete', 'owner'],
  ['POST', '/bots/:id/connections', 'owner', 'plan'],
  ['POST', '/bots/:id/connections/:connectionId', 'owner'],
  ['POST', '/bots/:id/connections/:connectionId/start', 'owner'],
  ['POST', '/bots/:id/connections/:connectionId/stop', 'owner'],
  ['POST', '/bots/:id/connections/:connectionId/subscribe', 'owner'],
  ['POST', '/bots/:id/connections/:connectionId/delete', 'owner'],
  ['GET', '/bots/:id/knowledge', 'member'],
  ['POST', '/bots/:id/knowledge', 'owner', 'plan'],
  ['GET', '/bots/:id/knowledge/:entryId', 'member'],
  ['POST', '/bots/:id/knowledge/:entryId', 'owner', 'plan'],
  ['POST', '/bots/:id/knowledge/:entryId/delete', 'owner'],
  ['GET', '/bots/:id/playground', 'member'],
  ['POST', '/bots/:id/playground', 'member', 'person'],
  ['POST', '/bots/:id/playground/reset', 'member'],
  ['GET', '/bots/:id/conversations', 'member'],
  ['GET', '/bots/:id/conversations/:conversationId', 'member'],
  ['GET', '/bots/:id/conversations/:conversationId/live', 'member'],
  ['GET', '/bots/:id/conversations/:conversationId/events', 'member', 'person'],
  ['POST', '/bots/:id/conversations/:conversationId/messages', 'member', 'person'],
  ['POST', '/bots/:id/conversations/:conversationId/retry', 'member', 'person'],
  ['POST', '/bots/:id/conversations/:conversationId/take-over', 'member'],
  ['POST', '/bots/:id/conversations/:conversationId/resolve', 'member'],
  ['POST', '/bots/:id/conversations/:conversationId/resume-bot', 'member'],
  ['GET', '/bots/:id/broadcasts', 'member'],
  ['POST', '/bots/:id/broadcasts', 'owner', 'plan'],
  ['POST', '/bots/:id/broadcasts/preview', 'owner'],
  ['POST', '/bots/:id/broadcasts/edit', 'owner'],
  ['POST', '/bots/:id/broadcasts/test', 'owner', 'person'],
  ['POST', '/bots/:id/broadcasts/look', 'owner'],
  ['GET', '/bots/:id/broadcasts/photos/:photoId', 'member'],
  ['GET', '/bots/:id/broadcasts/:broadcastId/edit', 'owner'],
  ['POST', '/bots/:id/broadcasts/:broadcastId/edit', 'owner'],
  ['GET', '/bots/:id/broadcasts/:broadcastId', 'member'],
  ['GET', '/bots/:id/broadcasts/:broadcastId/events', 'member', 'person'],
  ['POST', '/bots/:id/broadcasts/:broadcastId/pause', 'owner'],
  ['POST', '/bots/:id/broadcasts/:broadcastId/resume', 'owner'],
  ['POST', '/bots/:id/broadcasts/:broadcastId/cancel', 'owner'],
  ['POST', '/bots/:id/broadcasts/:broadcastId/resend', 'owner'],
  ['POST', '/bots/:id/broadcasts/:broadcastId/report', 'owner'],
  ['GET', '/bots/:id/analytics', 'member'],
  ['POST', '/bots/:id/analytics/export', 'member'],
  ['GET', '/conversations', 'member'],
  ['GET', '/subscription', 'member'],
  ['POST', '/subscription/upgrade', 'owner'],
  ['GET', '/account', 'member'],
  ['POST', '/account', 'member'],
  ['POST', '/account/password', 'member', 'person'],
  ['POST', '/account/sessions/end-others', 'member'],
  ['POST', '/account/sessions/:id/end', 'member'],
  ['POST', '/account/delete', 'member', 'person'],
  ['POST', '/account/export', 'owner', 'plan'],
  ['GET', '/account/support', 'owner'],
  ['POST', '/account/support', 'owner'],
  ['POST', '/account/support/end', 'owner'],
  ['GET', '/account/audit', 'owner'],
  ['POST', '/account/audit/export', 'owner'],
  ['GET', '/bots/:id/data', 'member'],
  ['POST', '/bots/:id/data', 'owner'],
  ['GET', '/bots/:id/conversations/:conversationId/erase', 'member'],
  ['POST', '/bots/:id/conversations/:conversationId/erase', 'owner'],

  ['GET', '/admin', 'admin'],
  ['GET', '/admin/users', 'admin'],
  ['GET', '/admin/users/:id', 'admin'],
  ['GET', '/admin/users/:id/conversations', 'admin'],
  ['GET', '/admin/users/:id/conversations/:conversationId', 'admin'],
  ['POST', '/admin/users/:id/subscription', 'admin'],
  ['POST', '/admin/users/:id/suspend', 'admin'],
  ['POST', '/admin/users/:id/restore', 'admin'],
  ['POST', '/admin/users/:id/grant', 'admin'],
  ['POST', '/admin/users/:id/revoke', 'admin'],
  ['GET', '/admin/upgrades', 'admin'],
  ['GET', '/admin/upgrades/:upgradeId/receipt', 'admin'],
  ['POST', '/admin/upgrades/:upgradeId/approve', 'admin'],
  ['POST', '/admin/upgrades/:upgradeId/refuse', 'admin'],
  ['GET', '/admin/bots', 'admin'],
  ['GET', '/admin/audit', 'admin'],
  ['POST', '/admin/audit/export', 'admin'],
];

/** Folders of files, served as they are. */
export const FILE_MOUNTS = [/^\/assets\/vendor\//];

export const ROUTES: RouteRow[] = LINES.map(([method, path, who, limit]) => ({
  method,
  path,
  who,
  csrf: method === 'POST' && who !== 'platform',
  ...(limit && { limit }),
}));

export const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

export const gets = (rows: RouteRow[]): RouteRow[] => rows.filter(({ method }) => method === 'GET');
export const posts = (rows: RouteRow[]): RouteRow[] => rows.filter(({ method }) => method === 'POST');
