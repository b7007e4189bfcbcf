import type { ChannelAdapter, ConnectedWebhook, Credentials } from '#channels/channel.ts';
import type { AccountEvents, Echo, InboundEvent, Receipt } from '#core/inbound-event.ts';
import type { ChannelKind, InboundMessage } from '#core/message.ts';
import type { WebhookRefusal } from '#core/reasons.ts';
import type { Logger } from '#platform/logger.ts';
import type { ForgetMessages } from './deletions.repo.ts';
import type { KeepEcho } from './echoes.repo.ts';
import type { LearnNames } from './learn-names.ts';
import type { ApplyReceipts } from './receipts.repo.ts';
import type { Refused } from './refusal-counter.ts';
import type { WebhookConnection, WebhookConnectionsRepo } from './webhook-connections.repo.ts';

/** `forged`: not signed by whom it names. `unreadable`: signed, and no JSON all the same. */
export type Verdict = 'accepted' | 'forged' | 'unreadable';

/** A channel whose platform calls us. */
export type ReceivingChannel = ChannelAdapter & { webhook: ConnectedWebhook };

export interface AcceptDeliveryDeps {
  connections: WebhookConnectionsRepo;
  openCredentials: (connection: WebhookConnection) => Credentials;
  receive: (intake: { connectionId: string; leaseEpoch: null; messages: InboundMessage[] }) => Promise<{ accepted: boolean }>;
  applyReceipts: ApplyReceipts;
  isOwnEcho: (connectionId: string, echo: Echo) => Promise<boolean>;
  keepEcho: KeepEcho;
  forgetMessages: ForgetMessages;
  learnNames: LearnNames;
  /** Gives AI answers back that nobody got. */
  releaseMessages: (ids: number[]) => Promise<unknown>;
  refused: Refused;
  logger: Logger;
}

// Anything else is no account's id, and nothing the database should be asked for.
const ACCOUNT_ID = /^[\w.-]{1,64}$/;
// What the database refuses as data (SQLSTATE classes 22 and 23) it refuses the next time too.
const DATA_FAULT = /^2[23]/;
// Meta puts at most 1,000 updates into one delivery. What names more accounts is a stranger's, and costs no look-up.
// Source: META webhooks/create-webhook-endpoint (2026-11).
const MAX_ACCOUNTS = 1_000;

/**
 * Takes one delivery of a platform that calls us: every connection it names must have signed it, then all that is in it is
 * stored, and only then is it accepted. What it says of accounts nobody has connected, and what we have no word for, is left
 * out with one debug line.
 * @throws when the database did not take it; the platform must then deliver again.
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

  /** The installation's own apps sign for everybody; else each connection it names has to have signed it. */
  function isGenuine(webhook: ConnectedWebhook, named: WebhookConnection[], rawBody: Buffer, signature: string): boolean {
    if (webhook.isSigned(webhook.platformSecrets, rawBody, signature)) return true;
    const secrets = [...new Set(named.map((connection) => secretOf(webhook, connection)))];
    return secrets.length > 0 && secrets.every((secret) => secret !== null && webhook.isSigned([secret], rawBody, signature));
  }

  /** Sealed with a lost key it signs nothing. */
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

  /** Messages first: what follows is about them. */
  async function store(connection: WebhookConnection, events: InboundEvent[]): Promise<void> {
    const messages = events.filter((event) => event.kind === 'message').map(({ message }) => message);
    if (messages.length > 0) await deps.receive({ connectionId: connection.id, leaseEpoch: null, messages });
    const deleted = events.filter((event) => event.kind === 'deletion').map(({ externalId }) => externalId);
    if (deleted.length > 0) await deps.forgetMessages(connection.id, deleted);
    for (const echo of events.filter((event): event is Echo => event.kind === 'echo')) {
      if (!(await deps.isOwnEcho(connection.id, echo))) await release(await deps.keepEcho(connection, echo));
    }
    const receipts = events.filter((event): event is Receipt => event.kind === 'receipt');
    if (receipts.length > 0) await release(await deps.applyReceipts(connection.id, receipts));
  }

  const release = async (ids: number[]): Promise<void> => void (ids.length > 0 && (await deps.releaseMessages(ids)));

  function noteIgnored(platform: ChannelKind, accounts: AccountEvents[], named: WebhookConnection[]): void {
    const ignored = accounts.flatMap(({ events }) => events.flatMap((event) => (event.kind === 'ignored' ? [event.what] : [])));
    const unknown = accounts.filter(({ accountId }) => !named.some((one) => one.accountId === accountId)).length;
    // The platform is answered 200, or it would bring it again and again; an admin should know of it all the same.
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

/** Whose messages say nothing of them but their id. */
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
