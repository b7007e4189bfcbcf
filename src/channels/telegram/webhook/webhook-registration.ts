import type { Api } from 'grammy';
import { ALLOWED_UPDATES } from '../telegram.api.ts';

/** Calls at once from Telegram for one bot; each is one statement of ours. */
const MAX_CONNECTIONS = 20;
// Telegram reports its last failure for ever. An older one says nothing about now.
const RECENT_SECONDS = 600;

export interface WantedWebhook {
  connectionId: string;
  url: string;
  secret: string;
  /** Set it whatever is there, since the owner pressed start just now. */
  force: boolean;
}

export type WebhookState =
  | { ok: true }
  | { ok: false; reason: 'webhook_set' }
  /** Telegram could not deliver; `detail` is its own reason. */
  | { ok: false; reason: 'webhook_failing'; detail: string };

type Info = Awaited<ReturnType<Api['getWebhookInfo']>>;

/** The path that Telegram calls. */
export const webhookPath = (connectionId: string): string => `/webhooks/telegram/${connectionId}`;

/** Whether a webhook is ours, at any earlier address of this installation: the connection's id is in it. */
const isOurs = (url: string, connectionId: string): boolean =>
  URL.canParse(url) && new URL(url).pathname.endsWith(webhookPath(connectionId));

/**
 * Sets the webhook unless it is set already: one call while all is well. Another service's webhook is left alone. Updates that
 * wait at Telegram are never dropped.
 * @throws grammY's errors.
 */
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

/** Removes the webhook if it is ours; what waits at Telegram stays there. @throws grammY's errors. */
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
