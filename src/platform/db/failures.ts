// Sources: https://www.postgresql.org/docs/18/errcodes-appendix.html, and connection errors of node-postgres and Prisma.
const POSTGRES_UNAVAILABLE = '08...|53...|57P0[1-4]|57014|55P03|40001|40P01';
const PRISMA_UNAVAILABLE = 'P2034|P1001|P1002|P1008|P1017|P2024|P2028';
const SOCKET_UNAVAILABLE = 'ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN';
const UNAVAILABLE_CODES = new RegExp(`^(?:${POSTGRES_UNAVAILABLE}|${PRISMA_UNAVAILABLE}|${SOCKET_UNAVAILABLE})$`);
const UNAVAILABLE_WORDS = new RegExp(
  [
    'timeout exceeded when trying to connect',
    'connection terminated',
    'connection ended',
    'query read timeout',
    'cannot use a pool after',
    'database server',
    'unable to start a transaction',
  ].join('|'),
  'i',
);
/** Serialization failure and deadlock; P2034 is Prisma's code for both. */
const CONFLICT_CODES = /^(?:40001|40P01|P2034)$/;
/** Invalid text for a uuid or number, a NUL byte, a number out of range. */
const BAD_VALUE_CODES = /^(?:22P02|22P05|22021|22003|P2023|P2033)$/;

/** The database is down, full or too slow. The answer is 503. */
export const isUnavailable = (error: unknown): boolean =>
  some(error, ({ code, syscall, message }) =>
    code === 'ENOENT' ? syscall === 'connect' : UNAVAILABLE_CODES.test(code) || UNAVAILABLE_WORDS.test(message),
  );

export const isBadValue = (error: unknown): boolean => some(error, ({ code }) => BAD_VALUE_CODES.test(code));

/** The database rolled the statement back in favour of a concurrent one. It may run again. */
export const isConflict = (error: unknown): boolean => some(error, ({ code }) => CONFLICT_CODES.test(code));

const GONE_CODES = /^(?:P2003|P2025|23503)$/;
/** A row was deleted meanwhile: the parent of a new one (foreign key), or the one that Prisma was to read or change. */
export const isGone = (error: unknown): boolean => some(error, ({ code }) => GONE_CODES.test(code));

export const isUniqueConflict = (error: unknown): boolean => some(error, ({ code }) => code === 'P2002' || code === '23505');

interface Fault {
  code: string;
  syscall: string;
  message: string;
}

const MAX_CAUSES = 5;

/** Checks the causes too, because Prisma wraps the driver's error. */
function some(error: unknown, test: (fault: Fault) => boolean): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof at === 'object' && at !== null; depth++) {
    const { code, originalCode, syscall, message, cause, meta } = at as Record<string, unknown>;
    const fault = { syscall: String(syscall ?? ''), message: String(message ?? '') };
    if ([code, originalCode].some((name) => name !== undefined && test({ ...fault, code: String(name) }))) return true;
    if (code === undefined && test({ ...fault, code: '' })) return true;
    at = cause ?? (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  }
  return false;
}
