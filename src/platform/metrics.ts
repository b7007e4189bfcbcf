import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** `runtime` adds event-loop delay, memory and CPU. Measuring them keeps a timer busy, so it is optional. */
export function createMetrics({ runtime }: { runtime: boolean }) {
  const registry = new Registry();
  const registers = [registry];
  if (runtime) collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name: `botfactory_${name}_total`, help, labelNames, registers });
  const requests = counter('http_requests', 'Requests answered, by class of route and status', ['route', 'status']);
  const messages = counter(
    'messages',
    "Customers' messages taken in, and parts of replies sent or refused, by channel and outcome",
    ['channel', 'outcome'],
  );
  const refusals = counter('webhook_refusals', 'Deliveries and handshakes that webhooks refused, by channel and reason', [
    'channel',
    'reason',
  ]);
  const strays = counter('stray_errors', 'Errors that nobody caught, by kind', ['kind']);
  const lostIndexes = counter('knowledge_indexes_lost', 'Indexes of knowledge that took too much memory to build', []);
  const own = new Histogram({
    name: 'botfactory_reply_own_seconds',
    help: 'Time of one reply without what the AI and the platform took',
    buckets: SECONDS,
    registers,
  });
  const ai = new Histogram({
    name: 'botfactory_ai_seconds',
    help: 'Time the AI took, its retries and the wait for a free slot included',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });

  return {
    contentType: registry.contentType,
    text: (): Promise<string> => registry.metrics(),

    request: (route: string, status: number): void => requests.inc({ route, status }),
    message: (channel: string, outcome: string, count = 1): void => messages.inc({ channel, outcome }, count),
    refusal: (channel: string, reason: string): void => refusals.inc({ channel, reason }),
    stray: (kind: 'exception' | 'rejection'): void => strays.inc({ kind }),
    lostIndex: (): void => lostIndexes.inc(),
    ownTime: (ms: number): void => own.observe(ms / 1_000),
    aiTime: (ms: number, outcome: string): void => ai.observe({ outcome }, ms / 1_000),

    /** `read` runs at each scrape; a value that cannot be read is left out. */
    gauge(name: string, help: string, read: () => number | Promise<number>): void {
      const gauge: Gauge = new Gauge({
        name: `botfactory_${name}`,
        help,
        registers,
        async collect() {
          gauge.reset();
          await Promise.resolve()
            .then(read)
            .then(
              (value) => gauge.set(value),
              () => gauge.remove(),
            );
        },
      });
    },

    gauges<Label extends string>(
      name: string,
      help: string,
      labelNames: Label[],
      read: () => Promise<{ labels: Record<Label, string>; value: number }[]>,
    ): void {
      const gauge: Gauge<Label> = new Gauge({
        name: `botfactory_${name}`,
        help,
        labelNames,
        registers,
        async collect() {
          const values = await read().catch(() => []);
          gauge.reset();
          for (const { labels, value } of values) gauge.set(labels, value);
        },
      });
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
