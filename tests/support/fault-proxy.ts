// A TCP proxy that stands between the product and something it needs, and breaks the line in the ways lines break.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type LineFault =
  | { kind: 'pass' }
  /** Every chunk comes later, in order. */
  | { kind: 'latency'; ms: number }
  /** Connections stay open and nothing arrives any more, also not after it heals: what was lost stays lost. */
  | { kind: 'black_hole' }
  /** Open connections are reset, and so is each new one. */
  | { kind: 'reset' }
  /** The far side is gone and nobody tells the near one; new connections work. */
  | { kind: 'half_open' }
  /** Nobody listens. */
  | { kind: 'refuse' };

interface Pair {
  near: Socket;
  far: Socket;
  /** A chunk was swallowed: the line can never be whole again. */
  broken: boolean;
}

/** Listens on a loopback port of its own and passes everything to `target`, until told otherwise. */
export async function startFaultProxy(target: { host: string; port: number }) {
  const pairs = new Set<Pair>();
  let fault: LineFault = { kind: 'pass' };
  let port = 0;
  let server: Server;

  function accept(near: Socket): void {
    if (fault.kind === 'reset') return void near.resetAndDestroy();
    const pair: Pair = { near, far: connect(target), broken: false };
    pairs.add(pair);
    forward(pair, pair.near, pair.far);
    forward(pair, pair.far, pair.near);
  }

  function forward(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      pair.broken ||= fault.kind === 'black_hole';
      if (pair.broken) return;
      if (fault.kind === 'latency') setTimeout(() => to.write(chunk), fault.ms);
      else to.write(chunk);
    });
    from.on('error', () => {});
    from.on('close', () => {
      // Over a broken line the news of the end does not come through either.
      if (from === pair.far && (pair.broken || fault.kind === 'black_hole')) return;
      to.destroy();
      pairs.delete(pair);
    });
  }

  async function listen(): Promise<void> {
    server = createServer(accept);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }

  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }

  async function set(next: LineFault): Promise<void> {
    fault = next;
    if (next.kind === 'refuse') await stopListening();
    else if (!server.listening) await listen();
    for (const pair of pairs) {
      if (next.kind === 'half_open') pair.broken = true;
      if (next.kind === 'reset') pair.near.resetAndDestroy();
      if (next.kind === 'half_open' || next.kind === 'reset') pair.far.destroy();
    }
  }

  await listen();
  return {
    host: '127.0.0.1',
    port,
    /** Lines that are open now. */
    open: (): number => pairs.size,
    set,
    heal: (): Promise<void> => set({ kind: 'pass' }),
    close: stopListening,
  };
}

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>;

/** The same URL, through the proxy. */
export function throughProxy(url: string, { host, port }: { host: string; port: number }): string {
  const changed = new URL(url);
  changed.hostname = host;
  changed.port = String(port);
  return changed.href;
}
