// The inbox on a large installation: its pages at 20 a second, then 200 open inboxes while nothing happens.
import { get } from 'node:http';
import type { Visitor } from '../tests/support/site-visitor.ts';
import { id, type LargeInstallation, onLargeInstallation, signIn } from './large-installation.ts';
import { BOT, numbersOf, openAll } from './pages.ts';
import { cpuMsOf } from './process-usage.ts';
import type { Numbers, Times } from './scenarios.ts';

const INBOXES = 200;
/** A person may have six. */
const OF_A_PERSON = 4;
const SETTLE_MS = 5_000;
const PAGES: Record<string, string> = {
  dashboard: '/dashboard',
  list: '/conversations',
  waiting: '/conversations?waiting=1',
  done: '/conversations?done=1',
  mine: '/conversations?mine=1',
  ofDays: '/conversations?from=2026-01-01&to=2026-12-31',
  open: `${BOT}/conversations/${id(7, 20)}`,
  // A word of every message, of one, of none, and a part of a name.
  searchCommon: '/conversations?q=message',
  searchRare: '/conversations?q=number+500000',
  searchNone: '/conversations?q=nowhere',
  searchName: '/conversations?q=stomer+77',
};

export const inbox = (times: Times): Promise<Numbers> =>
  onLargeInstallation(times, (large) => measure(large, times), { rowsOnly: true });

export async function measure(large: LargeInstallation, times: Times): Promise<Numbers> {
  await openAll(large.person, PAGES, times.warmUpMs);
  const before = await cpuOf(large);
  const took = await openAll(large.person, PAGES, large.ms);
  const used = usedBetween(before, await cpuOf(large));
  const opened = [...took.values()].flat().length;
  const cpu = { cpuMsPerPage: used.process / opened, databaseCpuMsPerPage: used.database / opened };
  return { ...numbersOf(took), ...cpu, ...(await openInboxes(large, times)) };
}

/** In percent of one core. */
async function openInboxes(large: LargeInstallation, { idleMs }: Times): Promise<Numbers> {
  const people = await signAllIn(large);
  const hangUps = await Promise.all(people.flatMap((person) => Array.from({ length: OF_A_PERSON }, () => follow(large, person))));
  await pause(SETTLE_MS);
  const before = await cpuOf(large);
  await pause(idleMs);
  const used = usedBetween(before, await cpuOf(large));
  for (const hangUp of hangUps) hangUp();
  const percent = (ms: number): number => ms / (idleMs / 100);
  return {
    inboxes: hangUps.length,
    idleCpuPercent: percent(used.process),
    idleDatabaseCpuPercent: percent(used.database),
  };
}

/** One after the other: a password costs CPU. */
async function signAllIn({ app }: LargeInstallation): Promise<Visitor[]> {
  const people: Visitor[] = [];
  for (let n = 1; n <= INBOXES / OF_A_PERSON; n += 1) people.push(await signIn(app, `owner${n}`));
  return people;
}

function follow({ app }: LargeInstallation, person: Visitor): Promise<() => void> {
  const { cookie } = person.session();
  return new Promise((resolve, reject) => {
    const request = get(
      new URL('/conversations/events', app.url),
      { headers: { cookie, accept: 'text/event-stream' } },
      (answer) => {
        if (answer.statusCode !== 200) return void reject(new Error(`the stream answered ${answer.statusCode}`));
        answer.resume().on('error', () => {});
        resolve(() => request.destroy());
      },
    );
    request.on('error', reject);
  });
}

interface Used {
  process: number;
  /** By connection of the database: some end meanwhile. */
  database: Map<number, number>;
}

async function cpuOf({ app, databasePids }: LargeInstallation): Promise<Used> {
  const pids = await databasePids();
  const used = await Promise.all(pids.map(async (pid) => [pid, await cpuMsOf(pid)] as const));
  return { process: await cpuMsOf(app.pid), database: new Map(used) };
}

/** In ms. */
const usedBetween = (before: Used, after: Used): { process: number; database: number } => ({
  process: after.process - before.process,
  database: [...after.database].reduce((sum, [pid, ms]) => sum + ms - (before.database.get(pid) ?? 0), 0),
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
