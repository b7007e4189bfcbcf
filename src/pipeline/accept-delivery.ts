import type { ChannelAdapter, ConnectedWebhook, Credentials } from '#channels/channel.ts';
import type { AccountEvents, Echo, InboundEvent, Receipt } from '#core/inbound-event.ts';
import type { ChannelKind, InboundMessage } from '#core/message.ts';
import type { WebhookRefusal } from '#core/reasons.ts';
import type { Logger } from '#platform/logger.ts';
import type { EraseDeletedMessages } from './deletions.repo.ts';
import type { EchoesRepo } from './echoes.repo.ts';
import type { LearnNames } from './learn-names.ts';
import type { ApplyReceipts } from './receipts.repo.ts';
import type { Refused } from './refusal-counter.ts';
import type { WebhookConnection, WebhookConnectionsRepo } from './webhook-connections.repo.ts';

/** `forged`: not signed for the accounts it names. `unreadable`: signed, but not JSON. */
export type Verdict = 'accepted' | 'forged' | 'unreadable';

/** A channel with a webhook. */
export type ReceivingChannel = ChannelAdapter & { webhook: ConnectedWebhook };

export interface AcceptDeliveryDeps {
  connections: WebhookConnectionsRepo;
  openCredentials: (connection: WebhookConnection) => Credentials;
  receive: (intake: { connectionId: string; leaseEpoch: null; messages: InboundMessage[] }) => Promise<{ accepted: boolean }>;
  applyReceipts: ApplyReceipts;
  echoes: EchoesRepo;
  eraseDeletedMessages: EraseDeletedMessages;
  learnNames: LearnNames;
  /** Gives back the charges of answers that nobody received. */
  releaseMessages: (ids: number[]) => Promise<unknown>;
  refused: Refused;
  logger: Logger;
}

// Other strings are not account ids, so the database is not asked for them.
const ACCOUNT_ID = /^[\w.-]{1,64}$/;
// SQLSTATE classes 22 and 23: the database refuses the data, and would refuse it again.
const DATA_FAULT = /^2[23]/;
// Meta puts at most 1,000 updates into one delivery. A delivery with more accounts is forged and costs no look-up.
// Source: META webhooks/create-webhook-endpoint (2026-11).
const MAX_ACCOUNTS = 1_000;

/**
 * Accepts one webhook delivery. It must be signed for every connection it names. It is accepted after all of it is stored.
 * Events of unknown accounts and of unknown kinds are left out with one debug line.
 * @throws when the database fails. The platform must then deliver again.
 */
export function createAcceptDelivery(deps: AcceptDeliveryDeps) {
  const { connections, logger } = deps;

  async function accept(channel: ReceivingChannel, rawBody: Buffer, signature: string | undefined): Promise<Verdict> {
    const { kind, webhook } = channel;
    if (!signature) return refuse(kind, 'unsigned');
    const payload = parseJson(rawBody);
    const accounts = payload === undefined ? [] : webhook.decode(payload);
    const ids = [...new Set(accounts.map(({ accountId }) => accountId))].filter((id) => ACCOUNT_ID.test(id));
    if (ids.length > MAX_ACCOUNTS) return refuse(kind, 'wrong_signature');
    const named = ids.length > 0 ? await connections.findAcrossTenants(kind, ids) : [];
    if (!isGenuine(webhook, named, rawBody, signature))
      return refuse(kind, accounts.length > 0 && named.length === 0 ? 'unknown_account' : 'wrong_signature');
    if (payload === undefined) return refuse(kind, 'malformed');

    for (const connection of named) await storeAll(connection, eventsOf(accounts, connection));
    for (const connection of named) deps.learnNames(channel, connection, sendersOf(eventsOf(accounts, connection)));
    noteIgnored(kind, accounts, named);
    const silent = named.filter(({ quiet }) => quiet).map(({ id }) => id);
    if (silent.length > 0) await connections.noteInbound(silent);
    return 'accepted';
  }

  function refuse(platform: ChannelKind, reason: WebhookRefusal): Verdict {
    deps.refused(platform, reason);
    return reason === 'malformed' ? 'unreadable' : 'forged';
  }

  /** A signature of the installation's own app counts for all connections. Otherwise each named connection must have signed. */
  function isGenuine(webhook: ConnectedWebhook, named: WebhookConnection[], rawBody: Buffer, signature: string): boolean {
    if (webhook.isSigned(webhook.platformSecrets, rawBody, signature)) return true;
    const secrets = [...new Set(named.map((connection) => secretOf(webhook, connection)))];
    return secrets.length > 0 && secrets.every((secret) => secret !== null && webhook.isSigned([secret], rawBody, signature));
  }

  /** Null when the credentials were sealed with a lost key. */
  function secretOf(webhook: ConnectedWebhook, connection: WebhookConnection): string | null {
    try {
      return webhook.secretOf(deps.openCredentials(connection));
    } catch {
      logger.error({ connectionId: connection.id }, 'webhook: the credentials cannot be opened; was ENCRYPTION_KEY changed?');
      return null;
    }
  }

  async function storeAll(connection: WebhookConnection, events: InboundEvent[]): Promise<void> {
    try {
      await store(connection, events);
    } catch (err) {
      if (!DATA_FAULT.test((err as { code?: string }).code ?? '')) throw err;
      logger.error({ err, connectionId: connection.id }, 'webhook: the database refuses a delivery, left out');
    }
  }

  /** Messages come first, because the other events refer to them. */
  async function store(connection: WebhookConnection, events: InboundEvent[]): Promise<void> {
    const messages = events.filter((event) => event.kind === 'message').map(({ message }) => message);
    if (messages.length > 0) await deps.receive({ connectionId: connection.id, leaseEpoch: null, messages });
    const deleted = events.filter((event) => event.kind === 'deletion').map(({ externalId }) => externalId);
    if (deleted.length > 0) await deps.eraseDeletedMessages(connection.id, deleted);
    for (const echo of events.filter((event): event is Echo => event.kind === 'echo')) {
      if (!(await deps.echoes.isOwn(connection.id, echo))) await release(await deps.echoes.store(connection, echo));
    }
    const receipts = events.filter((event): event is Receipt => event.kind === 'receipt');
    if (receipts.length > 0) await release(await deps.applyReceipts(connection.id, receipts));
  }

  const release = async (ids: number[]): Promise<void> => void (ids.length > 0 && (await deps.releaseMessages(ids)));

  function noteIgnored(platform: ChannelKind, accounts: AccountEvents[], named: WebhookConnection[]): void {
    const ignored = accounts.flatMap(({ events }) => events.flatMap((event) => (event.kind === 'ignored' ? [event.what] : [])));
    const unknown = accounts.filter(({ accountId }) => !named.some((one) => one.accountId === accountId)).length;
    // The answer is 200, since the platform would repeat the delivery otherwise. The count tells an admin of it.
    if (unknown > 0) deps.refused(platform, 'unknown_account');
    if (accounts.length === 0 || ignored.length > 0 || unknown > 0) {
      logger.debug(
        { platform, ignored: ignored.slice(0, 20), unknownAccounts: unknown },
        'webhook: not all of a delivery is for us',
      );
    }
  }

  return accept;
}

export type AcceptDelivery = ReturnType<typeof createAcceptDelivery>;

const eventsOf = (accounts: AccountEvents[], connection: WebhookConnection): InboundEvent[] =>
  accounts.filter(({ accountId }) => accountId === connection.accountId).flatMap(({ events }) => events);

/** The senders whose messages carry no name. */
const sendersOf = (events: InboundEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.kind !== 'message') return [];
    const { platformUserId, firstName, username } = event.message.sender;
    return firstName || username ? [] : [platformUserId];
  });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
