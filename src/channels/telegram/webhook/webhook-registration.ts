import type { Api } from 'grammy';
import { ALLOWED_UPDATES } from '../telegram.api.ts';

const MAX_CONNECTIONS = 20;
// Telegram reports its last failure forever, so an older one is ignored.
const RECENT_SECONDS = 600;

export interface WantedWebhook {
  connectionId: string;
  url: string;
  secret: string;
  force: boolean;
}

export type WebhookState =
  | { ok: true }
  | { ok: false; reason: 'webhook_set' }
  | { ok: false; reason: 'webhook_failing'; detail: string };

type Info = Awaited<ReturnType<Api['getWebhookInfo']>>;

export const webhookPath = (connectionId: string): string => `/webhooks/telegram/${connectionId}`;

/** Ours at any earlier address of this installation: the path has the connection's id. */
const isOurs = (url: string, connectionId: string): boolean =>
  URL.canParse(url) && new URL(url).pathname.endsWith(webhookPath(connectionId));

/** One call while all is well. Another service's webhook stays. Pending updates are never dropped. @throws grammY's errors. */
export async function ensureWebhook(api: Api, wanted: WantedWebhook, signal: AbortSignal): Promise<WebhookState> {
  if (!wanted.force) {
    const info = await api.getWebhookInfo(signal as never);
    if (info.url && !isOurs(info.url, wanted.connectionId)) return { ok: false, reason: 'webhook_set' };
    const failure = recentFailure(info);
    // 401 is our own answer to an old secret, so the webhook is set again.
    const isSet = info.url === wanted.url && hasOurSettings(info) && !failure?.includes('401');
    if (isSet) return failure === null ? { ok: true } : { ok: false, reason: 'webhook_failing', detail: failure };
  }
  const settings = { secret_token: wanted.secret, allowed_updates: ALLOWED_UPDATES, max_connections: MAX_CONNECTIONS };
  await api.setWebhook(wanted.url, settings, signal as never);
  return { ok: true };
}

/** Pending updates stay at Telegram. @throws grammY's errors. */
export async function removeOwnWebhook(api: Api, connectionId: string): Promise<boolean> {
  const { url } = await api.getWebhookInfo();
  if (!url || !isOurs(url, connectionId)) return false;
  await api.deleteWebhook({ drop_pending_updates: false });
  return true;
}

function hasOurSettings({ allowed_updates = [], max_connections }: Info): boolean {
  const sameUpdates = allowed_updates.toSorted().join() === ALLOWED_UPDATES.toSorted().join();
  return sameUpdates && (max_connections ?? MAX_CONNECTIONS) === MAX_CONNECTIONS;
}

function recentFailure({ pending_update_count: waiting, last_error_date: atSeconds = 0, last_error_message: word }: Info) {
  return waiting > 0 && word && Date.now() / 1_000 - atSeconds < RECENT_SECONDS ? word : null;
}
