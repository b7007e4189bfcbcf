import { createLiveStreams, type LiveStreamsDeps, type Watched } from '#web/live-streams.ts';

interface Deps extends Pick<LiveStreamsDeps, 'tenantsOfSessions' | 'streamLimit'> {
  versions: (watched: Watched[]) => Promise<Map<string, string>>;
}

// The message path does nothing for viewers, so a process with viewers polls.
const TURN_MS = 2_000;

export const createConversationStreams = ({ versions, ...deps }: Deps) =>
  createLiveStreams({
    ...deps,
    turnMs: TURN_MS,
    slowestTurns: 1,
    async look(watched) {
      const found = await versions(watched);
      return watched.map(({ id }) => {
        const version = found.get(id);
        return version === undefined ? null : { id: version };
      });
    },
  });

export type ConversationStreams = ReturnType<typeof createConversationStreams>;
