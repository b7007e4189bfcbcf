import type { BotState } from './bot-state.ts';

const RETRY_MS = 200;
const TIMEOUT_MS = 10_000;

/**
 * Brings a bot's updates to its webhook, one after another, again until it is answered with 2xx, as the real server does (which
 * waits longer in between). `originOf` says where a public address is in truth.
 */
export function startWebhookDelivery(bot: BotState, originOf: (url: URL) => string, changed: () => void): void {
  let busy = false;
  let retry: NodeJS.Timeout | undefined;

  async function deliver(): Promise<void> {
    if (busy) return;
    busy = true;
    clearTimeout(retry);
    for (let [update] = bot.queue; update && bot.webhookUrl; [update] = bot.queue) {
      const failure = await call(bot, update, originOf).catch((error: Error) => error.message);
      if (failure === null) bot.queue = bot.queue.filter((waiting) => waiting !== update);
      else {
        bot.webhook.lastErrorDate = Math.floor(Date.now() / 1_000);
        bot.webhook.lastErrorMessage = failure;
        retry = setTimeout(() => void deliver(), RETRY_MS);
        retry.unref();
        break;
      }
    }
    busy = false;
    changed();
  }

  bot.webhook.wake = () => void deliver();
}

/** Null when it was taken, else Telegram's words. */
async function call({ webhookUrl, webhook }: BotState, update: object, originOf: (url: URL) => string): Promise<string | null> {
  const url = new URL(webhookUrl);
  const response = await fetch(originOf(url) + url.pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Telegram-Bot-Api-Secret-Token': webhook.secret },
    body: JSON.stringify(update),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.arrayBuffer();
  return response.ok ? null : `Wrong response from the webhook: ${response.status} ${response.statusText}`;
}
