// What a hostile business sends, over and over: requests of a signed-in owner, of strangers, and bare connections.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

export interface Orders {
  url: string;
  cookie: string;
  csrf: string;
  /** The address of the hostile business' bot. */
  bot: string;
  /** Of that bot. */
  entry: string;
  /** Of somebody who is not signed in. */
  visitor: { cookie: string; csrf: string };
  /** How many times over the usual number of requests at once. */
  times: number;
}

/** One request; tells how it was answered. */
export type Attack = (signal: AbortSignal) => Promise<string>;

const MB = 1024 * 1024;
const FILE = Buffer.alloc(19 * MB, 'a ');
const PHOTO = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(4 * MB, 7)]);
const FORGED = Buffer.from(`{"object":"whatsapp_business_account","entry":[${'{"id":"1"},'.repeat(340_000)}{}]}`);

const word = (): string => randomBytes(5).toString('hex');
const words = (count: number): string => Array.from({ length: count }, word).join(' ');

/** What is sent, and how many of it at once. */
export function attacksOf({
  url,
  cookie,
  csrf,
  bot,
  entry,
  visitor,
  times,
}: Orders): Record<string, { atOnce: number; attack: Attack }> {
  const ask = async (signal: AbortSignal, path: string, init: RequestInit = {}): Promise<string> => {
    const response = await fetch(url + path, { redirect: 'manual', signal, ...init, headers: { cookie, ...init.headers } });
    await response.arrayBuffer();
    return String(response.status);
  };
  const form = (fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams({ _csrf: csrf, ...fields }),
  });
  const upload = (name: string, file: Buffer<ArrayBuffer>, fields: Record<string, string>): RequestInit => {
    const body = new FormData();
    for (const [field, value] of Object.entries({ _csrf: csrf, ...fields })) body.append(field, value);
    body.append(name, new Blob([file]), 'a.txt');
    return { method: 'POST', body };
  };
  const attacks: Record<string, [number, Attack]> = {
    searches: [20, (signal) => ask(signal, `/conversations?q=${word()}`)],
    pages: [20, (signal) => ask(signal, `${bot}/analytics`)],
    lists: [10, (signal) => ask(signal, `${bot}/knowledge?q=${word()}`)],
    dashboards: [20, (signal) => ask(signal, '/dashboard')],
    edits: [20, (signal) => ask(signal, entry, form({ title: word(), content: words(1_700) }))],
    entries: [10, (signal) => ask(signal, `${bot}/knowledge`, form({ title: word(), content: words(1_700) }))],
    playground: [10, (signal) => ask(signal, `${bot}/playground`, form({ text: words(300) }))],
    files: [4, (signal) => ask(signal, `${bot}/knowledge/import`, upload('file', FILE, { text: '', url: '' }))],
    photos: [6, (signal) => ask(signal, `${bot}/broadcasts/preview`, upload('photo', PHOTO, { text: 'Hello' }))],
    copies: [3, (signal) => ask(signal, '/account/export', form({ currentPassword: 'wrong' }))],
    streams: [10, (signal) => ask(signal, `${bot}/questions/events`)],
    signIns: [
      20,
      (signal) =>
        ask(signal, '/login', {
          ...form({ _csrf: visitor.csrf, login: `${word()}@example.com`, password: words(3) }),
          headers: { cookie: visitor.cookie },
        }),
    ],
    visits: [20, (signal) => ask(signal, '/', { headers: { cookie: '' } })],
    // Each is a new browser, by what it says.
    browsers: [20, (signal) => ask(signal, '/', { headers: { cookie: `bf.sid=s%3A${word()}.${word()}` } })],
    forged: [
      6,
      (signal) =>
        ask(signal, '/webhooks/whatsapp', {
          method: 'POST',
          body: FORGED,
          headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}`, 'content-type': 'application/json' },
        }),
    ],
    connections: [150, (signal) => idle(new URL(url), signal)],
  };
  return Object.fromEntries(
    Object.entries(attacks).map(([name, [usual, attack]]) => [name, { atOnce: Math.ceil(usual * times), attack }]),
  );
}

/** A connection that sends the beginning of a request and nothing more. */
function idle({ hostname, port }: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '));
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => resolve('closed'));
  });
}
