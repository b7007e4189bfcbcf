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

/** R39: nobody reads any more, or the log's disk is full: lines are lost, the product goes on. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: false });
  output.on('error', () => {});
  return output;
}
