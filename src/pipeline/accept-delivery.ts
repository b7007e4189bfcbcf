import type { ChannelAdapter, ConnectedWebhook, Credentials } from '#channels/channel.ts';
import type { AccountEvents, Deletion, Echo, InboundEvent, Receipt } from '#core/inbound-event.ts';
import type { ChannelKind, InboundMessage } from '#core/message.ts';
import type { WebhookRefusal } from '#core/reasons.ts';
import type { Logger } from '#platform/logger.ts';
import { hasNotices, type TellOfAccounts } from './account-notices.ts';
import { createAppSecrets } from './app-secrets.ts';
import { createAuthenticator, type Signed } from './authenticate-delivery.ts';
import type { EraseDeletedMessages } from './deletions.repo.ts';
import type { EchoesRepo } from './echoes.repo.ts';
import type { IdentitiesRepo } from './identities.repo.ts';
import type { LearnNames } from './learn-names.ts';
import { createReadAnnounced } from './read-announced.ts';
import type { ApplyReceipts } from './receipts.repo.ts';
import type { Intake } from './receive-message.ts';
import type { Refused } from './refusal-counter.ts';
import type { AppConnection, WebhookConnection, WebhookConnectionsRepo } from './webhook-connections.repo.ts';

/** `forged`: not signed for the accounts it names. `unreadable`: signed, but not JSON. */
export type Verdict = 'accepted' | 'forged' | 'unreadable';

export type ReceivingChannel = ChannelAdapter & { webhook: ConnectedWebhook };

export interface AcceptDeliveryDeps {
  connections: WebhookConnectionsRepo;
  openCredentials: (connection: AppConnection) => Credentials;
  receive: (intake: Intake) => Promise<{ accepted: boolean }>;
  applyReceipts: ApplyReceipts;
  echoes: EchoesRepo;
  identities: IdentitiesRepo;
  tellOfAccounts: TellOfAccounts;
  eraseDeletedMessages: EraseDeletedMessages;
  learnNames: LearnNames;
  refused: Refused;
  logger: Logger;
}

// Other strings are not account ids, so the database is not queried.
const ACCOUNT_ID = /^[\w.-]{1,64}$/;
// SQLSTATE classes 22 and 23: the database refuses the data, and would refuse it again.
const DATA_FAULT = /^2[23]/;
// Meta puts at most 1,000 updates into one delivery; more accounts are forged and cost no look-up.
// Source: META webhooks/create-webhook-endpoint (2026-11).
const MAX_ACCOUNTS = 1_000;

/** Accepted after all of it is stored. @throws when the database fails; the platform must then deliver again. */
export function createAcceptDelivery(deps: AcceptDeliveryDeps) {
  const { connections, logger } = deps;
  const readAnnounced = createReadAnnounced(deps);
  const { authenticate, signersAmong } = createAuthenticator({ ...deps, signedByApp: createAppSecrets(deps) });

  async function accept(channel: ReceivingChannel, rawBody: Buffer, signature: string | undefined): Promise<Verdict> {
    const { kind, webhook } = channel;
    if (!signature) return refuse(kind, 'unsigned');
    const delivery = { kind, webhook, rawBody, signature };
    const signed = await authenticate(delivery);
    if (typeof signed === 'string') return refuse(kind, signed);
    const payload = parseJson(rawBody);
    if (payload === undefined) return refuse(kind, 'malformed');
    const accounts = webhook.decode(payload);
    const ids = [...new Set(accounts.map(({ accountId }) => accountId))].filter((id) => ACCOUNT_ID.test(id));
    if (ids.length > MAX_ACCOUNTS) return refuse(kind, 'wrong_signature');
    const named = await connectionsOf(kind, ids, signed);
    // A connection's secret speaks for the connections that have it, and for no other.
    if (signersAmong(signed, named, delivery).length < named.length) return refuse(kind, 'wrong_signature');
    if (named.length === 0 && signed.by === 'connection') return refuse(kind, 'wrong_signature');

    for (const connection of named) await storeAll(channel, connection, eventsOf(accounts, connection));
    for (const connection of named) deps.learnNames(channel, connection, sendersOf(eventsOf(accounts, connection)));
    if (hasNotices(accounts)) {
      const parentIds = accounts.flatMap(({ parentAccountId }) => parentAccountId ?? []).filter((id) => ACCOUNT_ID.test(id));
      const below = await connections.belowAcrossTenants(kind, [...new Set(parentIds)].slice(0, MAX_ACCOUNTS));
      await deps.tellOfAccounts(accounts, signersAmong(signed, below, delivery));
    }
    for (const connection of named) {
      const read = await readAnnounced(channel, connection, eventsOf(accounts, connection));
      if (read.length > 0) await storeAll(channel, connection, read);
    }
    noteIgnored(kind, accounts, named);
    const silent = named.filter(({ quiet }) => quiet).map(({ id }) => id);
    if (silent.length > 0) await connections.noteInbound(silent);
    return 'accepted';
  }

  function refuse(platform: ChannelKind, reason: WebhookRefusal): Verdict {
    deps.refused(platform, reason);
    return reason === 'malformed' ? 'unreadable' : 'forged';
  }

  /** Those that were looked up for the signature are not looked up again. */
  async function connectionsOf(kind: ChannelKind, ids: string[], { looked }: Signed): Promise<WebhookConnection[]> {
    const known = ids.flatMap((id) => looked.get(id) ?? []);
    const others = ids.filter((id) => !looked.has(id));
    return others.length > 0 ? [...known, ...(await connections.findAcrossTenants(kind, others))] : known;
  }

  async function storeAll(channel: ReceivingChannel, connection: WebhookConnection, events: InboundEvent[]): Promise<void> {
    try {
      await store(channel, connection, events);
    } catch (err) {
      if (!DATA_FAULT.test((err as { code?: string }).code ?? '')) throw err;
      logger.error({ err, connectionId: connection.id }, 'webhook: the database refuses a delivery, left out');
    }
  }

  /** Messages come first, because the other events refer to them. */
  async function store({ quietTimeMs }: ReceivingChannel, connection: WebhookConnection, events: InboundEvent[]): Promise<void> {
    const deletions = events.filter((event) => event.kind === 'deletion');
    const messages = [
      ...events.filter((event) => event.kind === 'message').map(({ message }) => message),
      ...deletions.map(standIn),
    ];
    if (messages.length > 0) {
      await deps.identities.joinSenders(connection.id, messages);
      await deps.receive({ connectionId: connection.id, leaseEpoch: null, messages, quietTimeMs });
    }
    for (const event of events) {
      if (event.kind === 'changed_ids') await deps.identities.change(connection.id, event);
      if (event.kind === 'marketing') await deps.identities.choose(connection.id, event);
    }
    if (deletions.length > 0)
      await deps.eraseDeletedMessages(
        connection.id,
        deletions.map(({ externalId }) => externalId),
      );
    for (const echo of events.filter((event): event is Echo => event.kind === 'echo')) {
      if (!(await deps.echoes.isOwn(connection.id, echo))) await deps.echoes.store(connection, echo);
    }
    const receipts = events.filter((event): event is Receipt => event.kind === 'receipt');
    if (receipts.length > 0) await deps.applyReceipts(connection.id, receipts);
  }

  function noteIgnored(platform: ChannelKind, accounts: AccountEvents[], named: WebhookConnection[]): void {
    const ignored = accounts.flatMap(({ events }) => events.flatMap((event) => (event.kind === 'ignored' ? [event.what] : [])));
    const unknown = accounts.filter(
      ({ accountId, events }) =>
        !named.some((one) => one.accountId === accountId) && !events.every(({ kind }) => kind === 'account_notice'),
    ).length;
    // The answer is 200, because the platform would repeat the delivery. The count informs an admin.
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

/** Stored where the message is not known yet: it has its id, so the message that comes later is taken for a redelivery. */
const standIn = ({ externalId, chatId, sender }: Deletion): InboundMessage => ({
  externalId,
  chatId,
  sender,
  isGroup: false,
  addressed: true,
  kind: 'deleted',
  text: '',
  quiet: true,
});

const eventsOf = (accounts: AccountEvents[], connection: WebhookConnection): InboundEvent[] =>
  accounts.filter(({ accountId }) => accountId === connection.accountId).flatMap(({ events }) => events);

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
