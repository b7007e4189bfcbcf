import { LRUCache } from 'lru-cache';
import type { Credentials } from '#channels/channel.ts';
import type { DeskClient, DeskText } from '#channels/telegram/desk/desk.client.ts';
import { TOKEN_FIELD } from '#channels/telegram/telegram.api.ts';
import type { Logger } from '#platform/logger.ts';
import type { Composer } from './compose-message.ts';
import type { CustomerFiles } from './customer-files.ts';
import type { LinksRepo } from './links.repo.ts';
import type { DeskMessagesRepo, DueMessage, Settling } from './messages.repo.ts';

interface Deps {
  messages: DeskMessagesRepo;
  links: Pick<LinksRepo, 'markBrokenAcrossTenants'>;
  client: DeskClient;
  compose: Composer;
  openCredentials: (connection: { id: string; tenantId: string; sealedSecrets: string }) => Credentials;
  fileOf: CustomerFiles;
  /** The installation's bot. */
  installation: { accountId: string; token: string } | null;
  logger: Logger;
}

const MAX_TRIES = 8;
const RETRY_MS = 2_000;
const MAX_RETRY_MS = 120_000;
const MAX_REMEMBERED = 1_000;

/** Sends one message of a desk, or brings a sent card up to date. The state is written before and after the call. */
export function createDeskSender({ messages, links, client, compose, openCredentials, fileOf, installation, logger }: Deps) {
  // What Telegram took while the database was away is not sent again.
  const taken = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  function tokenOf({ connectionId, tenantId, sealedSecrets, accountId }: DueMessage): string | null {
    if (connectionId === null) return installation?.accountId === accountId ? installation.token : null;
    return openCredentials({ id: connectionId, tenantId, sealedSecrets: sealedSecrets ?? '' })[TOKEN_FIELD] ?? null;
  }

  async function attempt(message: DueMessage): Promise<Settling> {
    const { id, tries, version } = message;
    const settled = { id, reason: null, telegramId: null, shown: null, waitMs: 0 } as const;
    const known = taken.get(id);
    if (known !== undefined) return { ...settled, state: 'sent', telegramId: known };
    const token = tokenOf(message);
    const text = await compose(message);
    if (token === null || text === null) return { ...settled, state: 'failed', reason: token === null ? 'no_bot' : 'gone' };
    const sent = await client.send(token, message.chatId, text);
    if (sent.ok) {
      taken.set(id, sent.messageId);
      return { ...settled, state: 'sent', telegramId: sent.messageId, shown: version };
    }
    const { reason, retryAfterMs } = sent;
    if (reason === 'blocked_by_customer' || reason === 'chat_gone')
      await links.markBrokenAcrossTenants(message.linkId, new Date());
    const passing = reason === 'unreachable' || reason === 'rate_limited' || reason === 'token_revoked';
    if (!passing || tries >= MAX_TRIES) return { ...settled, state: 'failed', reason };
    return { ...settled, state: 'pending', reason, waitMs: retryAfterMs ?? Math.min(RETRY_MS * 2 ** (tries - 1), MAX_RETRY_MS) };
  }

  /** The words are there already, so a file that cannot be had is left out. */
  async function addFile(message: DueMessage, telegramId: number): Promise<void> {
    const token = tokenOf(message);
    const { tenantId, messageId, chatId } = message;
    const file = token === null || messageId === null || message.kind === 'note' ? null : await fileOf(tenantId, messageId);
    if (token === null || !file) return;
    const sent = await client.sendFile(token, chatId, file, telegramId);
    if (!sent.ok) logger.warn({ reason: sent.reason }, 'desk: a customer’s file was not sent');
  }

  return {
    async send(message: DueMessage): Promise<void> {
      const settling = await attempt(message);
      if (settling.state === 'failed')
        logger.warn({ reason: settling.reason, kind: message.kind }, 'desk: a message was not sent');
      await messages.settleAcrossTenants(settling);
      if (settling.telegramId !== null && settling.shown !== null) await addFile(message, settling.telegramId);
    },

    /** A card that cannot be edited any more is left as it is. */
    async refresh(message: DueMessage): Promise<void> {
      const token = tokenOf(message);
      const text: DeskText | null = token === null ? null : await compose(message);
      if (token !== null && text !== null && message.telegramId !== null) {
        const edited = await client.edit(token, message.chatId, message.telegramId, text);
        if (!edited.ok && (edited.reason === 'unreachable' || edited.reason === 'rate_limited')) return;
      }
      await messages.setShown(message.tenantId, message.id, message.version);
    },
  };
}

export type DeskSender = ReturnType<typeof createDeskSender>;
