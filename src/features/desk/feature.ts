import { createDeskClient } from '#channels/telegram/desk/desk.client.ts';
import type { DeskInbox } from '#channels/telegram/desk/desk.event.ts';
import { botIdOf } from '#channels/telegram/telegram.api.ts';
import { DAY_MS } from '#core/durations.ts';
import type { ConversationsApi } from '#features/conversations/feature.ts';
import type { CorrectionsInWords } from '#features/corrections/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { PlaygroundApi } from '#features/playground/feature.ts';
import type { QuestionsApi } from '#features/questions/feature.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import { newId } from '#platform/crypto/ids.ts';
import { HOUR_SECONDS } from '#web/limits.ts';
import type { Foundation } from '../../foundation.ts';
import { createComposer } from './compose-message.ts';
import { createCorrectionPresses } from './correction-presses.ts';
import { createCustomerFiles } from './customer-files.ts';
import { deskRoutes } from './desk.routes.ts';
import { createDeskBotRepo } from './desk-bot.repo.ts';
import { createDeskChats } from './desk-chats.ts';
import { createCorrectInDesk } from './desk-corrections.ts';
import { createDeskFileRefusals } from './desk-files.ts';
import { createDeskInbox } from './desk-inbox.ts';
import { createDeskLearning } from './desk-learning.ts';
import { createDeskLinks } from './desk-links.service.ts';
import { createDeskPresses } from './desk-presses.ts';
import { createDeskSender } from './desk-sender.ts';
import { createDeskWords } from './desk-words.ts';
import { createDigestPresses } from './digest-presses.ts';
import { createLinksRepo } from './links.repo.ts';
import { createDeskMessagesRepo } from './messages.repo.ts';
import { createDeskRunner } from './run-desk.ts';
import { createDeskDigest } from './send-digests.ts';

interface Needs {
  conversations: ConversationsApi;
  personReplies: PersonReplies;
  entries: KnowledgeApi['entries'];
  questions: QuestionsApi['questions'];
  corrections: CorrectionsInWords;
  answerNow: PlaygroundApi['answerNow'];
}

const UPDATES_KEPT_MS = 3 * DAY_MS;
const MESSAGES_KEPT_MS = 90 * DAY_MS;

/** The desk: members answer customers from a private chat with a Telegram bot. */
export function deskFeature(foundation: Foundation, { conversations, personReplies, entries, questions, ...needs }: Needs) {
  const { env, database, i18n, audit, notifications, secrets, sealer, limits, logger } = foundation;
  const installation = installationBot(env.TELEGRAM_DESK_TOKEN);
  const links = createLinksRepo({ database });
  const messages = createDeskMessagesRepo({ database });
  const client = createDeskClient({ apiRoot: env.TELEGRAM_API_ROOT });
  const chats = createDeskChats({ links, notifications, logger });
  const { corrections, answerNow } = needs;
  const learn = createDeskLearning({ entries, questions, answerNow, personReplies });
  const correct = createCorrectInDesk({ corrections });
  const refusalOf = createDeskFileRefusals({ channels: foundation.channels, hasAddress: env.PUBLIC_URL !== undefined });
  const taught = { learn, correct, notifications, refusalOf };
  const words = createDeskWords({ links, messages, conversations, personReplies, ...taught });
  const digestPress = createDigestPresses({ messages, questions, words, i18n });
  const correctionPress = createCorrectionPresses({ messages, conversations, corrections, i18n });
  const pressed = { digestPress, correctionPress, client, notifications, i18n };
  const presses = createDeskPresses({ messages, conversations, personReplies, words, ...pressed });
  const inbox: DeskInbox = createDeskInbox({ links, chats, words, presses, client, i18n, audit, logger });
  const compose = createComposer({ i18n, conversations, holderOf: messages.holderOf, linkOrigin: linkOriginOf(env.PUBLIC_URL) });
  const { openCredentials } = secrets;
  const fileOf = createCustomerFiles({ database, channels: foundation.channels, openCredentials });
  const sender = createDeskSender({ messages, links, client, compose, openCredentials, fileOf, installation, logger });
  const desk = createDeskLinks({ links, chats, sealer, audit, database, installation });
  const newCodes = limits.limiter('desk-code', { points: 20, durationSeconds: HOUR_SECONDS });

  return {
    routes: deskRoutes({ desk, newCodes }),
    inbox,
    chats,
    runner: createDeskRunner({ messages, sender, notifications, logger, onlyProcess: database.kind === 'embedded' }),
    /** The installation's bot, to be polled like a connection. */
    bot: installation && { token: installation.token, store: createDeskBotRepo({ database }, installation.accountId) },
    jobs: {
      everyMinute: createDeskDigest({ database, notifications }),
      hourly: (now: Date): Promise<void> =>
        links.removeOldAcrossTenants({
          updates: new Date(now.getTime() - UPDATES_KEPT_MS),
          messages: new Date(now.getTime() - MESSAGES_KEPT_MS),
        }),
    },
  };
}

/** Telegram refuses a message with a button that leads to a name without a dot, such as localhost. */
const linkOriginOf = (publicUrl: string | undefined): string | null =>
  publicUrl && new URL(publicUrl).hostname.includes('.') ? publicUrl : null;

function installationBot(token: string | undefined): { accountId: string; token: string } | null {
  const accountId = token && botIdOf(token);
  return token && accountId ? { accountId, token } : null;
}

export type DeskFeature = ReturnType<typeof deskFeature>;

/** Notices of other features, for members who read them at their desk. */
export function createDeskNotices({ database, notifications }: Pick<Foundation, 'database' | 'notifications'>) {
  const links = createLinksRepo({ database });
  const messages = createDeskMessagesRepo({ database });
  return {
    usersWithDesk: links.usersWithDesk,

    async tell(tenantId: string, userId: string, content: { subject: string; text: string }): Promise<void> {
      const link = await links.linkOf(tenantId, userId);
      if (!link) return;
      await messages.put({ tenantId, linkId: link.id, kind: 'notice', dedupeKey: `notice:${newId()}`, content });
      await notifications.notify('desk');
    },
  };
}
