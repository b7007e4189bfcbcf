import { createHash } from 'node:crypto';
import { createLiveStreams, type LiveStreamsDeps, type Snapshot, type Watched } from '#web/live-streams.ts';
import type { ImportsRepo } from './imports.repo.ts';

type Deps = Pick<LiveStreamsDeps, 'tenantsOfSessions' | 'streamLimit'> & { imports: Pick<ImportsRepo, 'find' | 'sources'> };

/** A stream ends when everything was read. */
export function createImportStreams({ imports, ...deps }: Deps) {
  async function lookAt({ tenantId, botId, id }: Watched): Promise<Snapshot | null> {
    const found = await imports.find(tenantId, botId, id);
    if (!found) return null;
    const states = (await imports.sources(tenantId, id)).map(({ state }) => state).join();
    const hash = createHash('sha256').update(`${found.state} ${states}`).digest('base64url').slice(0, 16);
    return { id: hash, last: found.state !== 'reading' };
  }

  return createLiveStreams({
    ...deps,
    turnMs: 1_000,
    slowestTurns: 4,
    async look(watched) {
      const found: (Snapshot | null)[] = [];
      for (const one of watched) found.push(await lookAt(one));
      return found;
    },
  });
}
