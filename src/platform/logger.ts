import { type DestinationStream, pino } from 'pino';
import { createRedactor } from './redact.ts';

/**
 * JSON lines on standard output. Levels: error = a person must act; warn = we recovered; info = one line per request,
 * job, start, stop. Every value passes the redactor; message texts are never given to it.
 */
export function createLogger({
  level,
  secrets,
  destination,
}: {
  level: string;
  secrets: readonly (string | undefined)[];
  destination?: DestinationStream;
}) {
  const { redact, redactText } = createRedactor(secrets);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method) {
          const clean = args.map((arg, i) => {
            // pino names a bare error `err`; the redactor has to see it first.
            if (arg instanceof Error) return i === 0 ? { err: redact(arg) } : redact(arg);
            return typeof arg === 'string' ? redactText(arg) : redact(arg);
          });
          method.apply(this, clean as Parameters<typeof method>);
        },
      },
    },
    destination ?? standardOutput(),
  );
}

export type Logger = ReturnType<typeof createLogger>;

// A log that is not taken for a while waits up to this; what comes then is dropped.
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * R39: nobody reads any more, or the log's disk is full: lines are lost, the product goes on. sonic-boom would try the last
 * lines for ever at a fatal error and at the process' end, so they are given up while writing fails.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING_BYTES });
  const { flushSync } = output;
  output.on('error', () => {
    output.flushSync = () => {};
  });
  output.on('write', () => {
    output.flushSync = flushSync;
  });
  return output;
}
