import { type DestinationStream, pino } from 'pino';
import { createRedactor } from './redact.ts';

/** Every value passes the redactor; message texts are never logged. */
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

// The buffer of a log nobody reads. Further lines are dropped.
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

// R39 (log pipe closed, log disk full): lines are lost and the product goes on. sonic-boom would retry the last lines forever
// at exit, so they are dropped while writing fails.
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
