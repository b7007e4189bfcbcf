import { createLiveStreams, type LiveStreamsDeps, type Watched } from '#web/live-streams.ts';

type Versions = Promise<Map<string, string>>;

interface Deps extends Pick<LiveStreamsDeps, 'tenantsOfSessions' | 'streamLimit'> {
  versions: (watched: Watched[]) => Versions;
  inboxVersions: (tenantIds: string[]) => Versions;
}

// The message path does nothing for viewers, so a process with viewers polls.
const TURN_MS = 2_000;

/** Watched by those who have the list open and no conversation. */
export const WHOLE_INBOX = { botId: '', id: '' };

/** Of the open conversation and of the list beside it: the page loads again what differs. */
export const versionOf = (conversation: string, inbox: string | undefined): string => `${conversation}.${inbox ?? ''}`;

export const createConversationStreams = ({ versions, inboxVersions, ...deps }: Deps) =>
  createLiveStreams({
    ...deps,
    turnMs: TURN_MS,
    slowestTurns: 1,
    async look(watched) {
      const open = watched.filter(({ id }) => id !== WHOLE_INBOX.id);
      const [conversations, inboxes] = await Promise.all([
        open.length > 0 ? versions(open) : new Map<string, string>(),
        inboxVersions([...new Set(watched.map(({ tenantId }) => tenantId))]),
      ]);
      return watched.map(({ tenantId, id }) => {
        const version = id === WHOLE_INBOX.id ? '' : conversations.get(id);
        return version === undefined ? null : { id: versionOf(version, inboxes.get(tenantId)) };
      });
    },
  });

export type ConversationStreams = ReturnType<typeof createConversationStreams>;
