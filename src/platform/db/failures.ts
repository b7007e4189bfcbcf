// Sources: https://www.postgresql.org/docs/18/errcodes-appendix.html; node-postgres and Prisma name faults of the connection.
const UNAVAILABLE_CODES =
  /^(?:08...|53...|57P0[1-4]|57014|55P03|40001|40P01|P2034|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|P1001|P1002|P1008|P1017|P2024|P2028)$/;
const UNAVAILABLE_WORDS =
  /timeout exceeded when trying to connect|connection terminated|connection ended|query read timeout|cannot use a pool after|database server|unable to start a transaction/i;
/** Serialization failure and deadlock; P2034 is Prisma's code for both. */
const CONFLICT_CODES = /^(?:40001|40P01|P2034)$/;
/** Invalid text for a uuid or number, a null byte, a number out of range. */
const BAD_VALUE_CODES = /^(?:22P02|22P05|22021|22003|P2023|P2033)$/;

/** Whether the database, not the request, is at fault: it is down, full, or too slow. The answer is 503. */
export const isUnavailable = (error: unknown): boolean =>
  some(error, ({ code, syscall, message }) =>
    code === 'ENOENT' ? syscall === 'connect' : UNAVAILABLE_CODES.test(code) || UNAVAILABLE_WORDS.test(message),
  );

/** Whether the database refused a value that no check of ours caught. */
export const isBadValue = (error: unknown): boolean => some(error, ({ code }) => BAD_VALUE_CODES.test(code));

/** Whether the database rolled the statement back in favour of a concurrent one. It may run again. */
export const isConflict = (error: unknown): boolean => some(error, ({ code }) => CONFLICT_CODES.test(code));

/** Whether what the row belongs to was deleted a moment before: a foreign key was hurt. */
export const isGone = (error: unknown): boolean => some(error, ({ code }) => code === 'P2003' || code === '23503');

/** Whether a unique constraint was hurt, by Prisma or by a raw statement. */
export const isUniqueConflict = (error: unknown): boolean => some(error, ({ code }) => code === 'P2002' || code === '23505');

interface Fault {
  code: string;
  syscall: string;
  message: string;
}

const MAX_CAUSES = 5;

/** Looks through the causes: Prisma wraps the driver's error. */
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
