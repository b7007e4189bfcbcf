import { randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** pg finds a Unix socket by folder and port: `<folder>/.s.PGSQL.<port>`. */
export const SOCKET_PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;
// sun_path holds 108 bytes with its final zero: unix(7).
const MAX_SOCKET_PATH_BYTES = 107;

/** The folder itself, or a short link to it when its path is too long for a socket. */
export async function socketFolder(dir: string): Promise<string> {
  const full = resolve(dir);
  if (Buffer.byteLength(join(full, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES) return full;
  const link = join(await mkdtemp(join(tmpdir(), 'bf-')), 's');
  await symlink(full, link);
  return link;
}

export const socketIn = (folder: string): string => join(folder, SOCKET_NAME);

/** Null when another process holds it. Returns the function that releases it. */
export async function holdSocket(socketPath: string): Promise<(() => Promise<void>) | null> {
  if (!(await clearStale(socketPath))) return null;
  const server = createServer((client) => client.destroy());
  const held = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(socketPath, () => resolve(true));
  });
  return held ? () => new Promise((resolve) => server.close(() => resolve())) : null;
}

export function isHeld(socketPath: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', () => done(false));
  });
}

// The socket is moved aside, checked, and moved back when alive: two processes that start at once must not take each other's
// new socket for a stale one. Returns false when a process holds it.
export async function clearStale(socketPath: string): Promise<boolean> {
  if (await isHeld(socketPath)) return false;
  const aside = `${socketPath}.${randomUUID()}`;
  const moved = await rename(socketPath, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return true;
  if (await isHeld(aside)) {
    await rename(aside, socketPath);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}
