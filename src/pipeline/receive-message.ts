import type { InboundMessage } from '#core/message.ts';
import { cutStorableText } from '#core/storable-text.ts';
import { createBatcher } from '#platform/batcher.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { statement } from '#platform/db/statement.ts';
import { createGroupAlbums } from './group-albums.ts';
import type { ClaimedWork } from './work.ts';

export const MAX_TEXT_CHARS = 8_000;
const MAX_NAME_CHARS = 128;
const MAX_ID_CHARS = 256;
const MAX_FIELD_CHARS = 1_024;
const MAX_REFERENCE_CHARS = 1_000;
/** The longest wait after the first message of a burst. */
const MAX_QUIET_MS = 6_000;

export interface Intake {
  connectionId: string;
  /** Null for webhooks, which need no lease. */
  leaseEpoch: number | null;
  messages: readonly InboundMessage[];
  /** How long to wait for more messages before the answer. */
  quietTimeMs?: (message: InboundMessage) => number;
}

/** This process's worker begins work without a detour through the database. */
export interface WorkTaker {
  /** The connections whose work may be claimed at once. */
  roomFor(messages: ReadonlyMap<string, number>): string[];
  take(work: readonly ClaimedWork[]): void;
}

const receiveMessages = statement<
  { connectionIds: string[]; leaseEpochs: (number | null)[]; messages: string; takeFor: string[]; maxQuietMs: number },
  { accepted: number[]; ticked: number; taken: ClaimedWork[] | null; notified: string | null }
>(import.meta.url, './statements/receive-messages.sql');

// Long enough to meet the updates of other bots, too short to be felt.
const BATCH = { spacingMs: 10, maxItems: 50 };
// A larger batch has a statement of its own, so that a flooded bot does not delay others.
const FEW = 10;

/**
 * Stores messages, customers, conversations and work in one statement before they are acknowledged. A redelivered message changes
 * nothing. What is not for the bot in a group is not stored; a quiet message asks for no work.
 * `accepted: false`: the lease is lost or the connection is gone. @throws when the platform must deliver again.
 */
export function createReceiver({ database, taker }: { database: Database; taker: WorkTaker }) {
  async function store(intakes: Intake[]): Promise<{ accepted: boolean }[]> {
    const params = {
      connectionIds: intakes.map(({ connectionId }) => connectionId),
      leaseEpochs: intakes.map(({ leaseEpoch }) => leaseEpoch),
      messages: JSON.stringify(
        samePeople(intakes).flatMap(({ messages, quietTimeMs = () => 0 }, i) =>
          messages.map((message, ord) => rowOf(message, i + 1, ord, quietTimeMs(message))),
        ),
      ),
      takeFor: taker.roomFor(countsOf(intakes)),
      maxQuietMs: MAX_QUIET_MS,
    };
    const [row] = await retryOnConflict(() => receiveMessages(database.sql, params));
    taker.take(row?.taken ?? []);
    const accepted = new Set(row?.accepted);
    return intakes.map((_, i) => ({ accepted: accepted.has(i + 1) }));
  }

  const few = createBatcher<Intake, { accepted: boolean }>({ ...BATCH, flush: store });
  const many = createBatcher<Intake, { accepted: boolean }>({ ...BATCH, flush: store });
  const forUs = createGroupAlbums();
  return (intake: Intake): Promise<{ accepted: boolean }> => {
    const messages = forUs(intake.connectionId, intake.messages);
    return (messages.length > FEW ? many : few).add({ ...intake, messages });
  };
}

export type Receiver = ReturnType<typeof createReceiver>;

function countsOf(intakes: Intake[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { connectionId, messages } of intakes) counts.set(connectionId, (counts.get(connectionId) ?? 0) + messages.length);
  return counts;
}

/** A person who is new to us and told by both ids in one message and by one in another: the statement would see two people. */
function samePeople(intakes: Intake[]): Intake[] {
  const main = new Map<string, string>();
  for (const { connectionId, messages } of intakes)
    for (const { sender } of messages) if (sender.otherId) main.set(`${connectionId} ${sender.otherId}`, sender.platformUserId);
  if (main.size === 0) return intakes;
  const withMain = (connectionId: string, message: InboundMessage): InboundMessage => {
    const { sender } = message;
    const platformUserId = sender.hasTwoIds && main.get(`${connectionId} ${sender.platformUserId}`);
    if (!platformUserId) return message;
    return { ...message, chatId: platformUserId, sender: { ...sender, platformUserId, otherId: sender.platformUserId } };
  };
  return intakes.map((intake) => ({
    ...intake,
    messages: intake.messages.map((message) => withMain(intake.connectionId, message)),
  }));
}

/** Capped; with the places of the intake and the message. */
function rowOf(message: InboundMessage, intake: number, ord: number, quietMs: number) {
  const { externalId, chatId, isGroup, chatTitle, sender, kind, text, attachment, refersTo, place, writtenAt, quiet } = message;
  return {
    intake,
    ord,
    external_id: cut(externalId, MAX_ID_CHARS),
    chat_id: cut(chatId, MAX_ID_CHARS),
    is_group: isGroup,
    chat_title: cut(chatTitle, MAX_NAME_CHARS),
    place: place ?? null,
    source: cut(message.source, MAX_NAME_CHARS),
    platform_user_id: cut(sender.platformUserId, MAX_ID_CHARS),
    other_id: cut(sender.otherId, MAX_ID_CHARS),
    two_ids: sender.hasTwoIds ?? false,
    username: cut(sender.username, MAX_NAME_CHARS),
    first_name: cut(sender.firstName, MAX_NAME_CHARS),
    last_name: cut(sender.lastName, MAX_NAME_CHARS),
    language: cut(sender.language, 16),
    kind,
    body: cut(text, MAX_TEXT_CHARS) ?? '',
    attachment: attachment
      ? Object.fromEntries(
          Object.entries(attachment).map(([field, value]) => [
            field,
            typeof value === 'string' ? cut(value, MAX_FIELD_CHARS) : value,
          ]),
        )
      : null,
    refers_to: refersTo
      ? {
          kind: refersTo.kind,
          text: cut(refersTo.text, MAX_REFERENCE_CHARS) ?? '',
          ...(refersTo.externalId && { externalId: cut(refersTo.externalId, MAX_ID_CHARS) }),
        }
      : null,
    written_at: writtenAt ?? null,
    status: quiet ? 'ignored' : 'received',
    quiet_ms: quietMs,
    new_customer: newId(),
    new_conversation: newId(),
  };
}

const cut = (value: string | undefined, maxChars: number): string | null =>
  value === undefined ? null : cutStorableText(value, maxChars);
