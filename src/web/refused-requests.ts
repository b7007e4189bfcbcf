import type { RequestHandler } from 'express';
import { MINUTE_MS } from '#core/durations.ts';
import { addressOf } from './client-address.ts';

/** 403 and 429 of one minute. */
export interface RefusedRequests {
  status: number;
  count: number;
  addresses: number;
}

interface Deps {
  record: (refused: RefusedRequests) => Promise<void>;
  logger: { warn: (error: unknown, text: string) => void };
}

const COUNTED = new Set([403, 429]);
const MAX_ADDRESSES = 1_000;

/** S65 (no trace of abuse): refused requests become one line a minute and kind, so a flood of them is no flood of lines. */
export function createRefusedRequests({ record, logger }: Deps) {
  const counts = new Map<number, { count: number; addresses: Set<string> }>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = [...counts];
    counts.clear();
    for (const [status, { count, addresses }] of batch) {
      await record({ status, count, addresses: addresses.size }).catch((error: unknown) =>
        logger.warn(error, 'refused requests were not recorded'),
      );
    }
  }

  function add(status: number, address: string): void {
    const of = counts.get(status) ?? { count: 0, addresses: new Set<string>() };
    of.count += 1;
    if (of.addresses.size < MAX_ADDRESSES) of.addresses.add(address);
    counts.set(status, of);
    timer ??= setTimeout(flush, MINUTE_MS).unref();
  }

  const watch: RequestHandler = (req, res, next) => {
    res.once('finish', () => COUNTED.has(res.statusCode) && add(res.statusCode, addressOf(req)));
    next();
  };

  return { watch, flush };
}

export type RefusedRequestsCounter = ReturnType<typeof createRefusedRequests>;
