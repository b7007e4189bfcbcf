import { TooManyRequestsError } from '#core/errors.ts';

interface Waiting {
  address: string;
  tries: number;
  go: () => void;
  refuse: (error: Error) => void;
}

interface Pace {
  everyMs: number;
  maxWaiting: number;
}

/**
 * S74: an account with too many wrong passwords is tried one by one instead of being locked. Each address waits once, and one
 * with fewer tries goes first, so the owner passes those who keep guessing.
 */
export function createSlowLane({ everyMs, maxWaiting }: Pace) {
  const lanes = new Map<string, Waiting[]>();
  const tooMany = (): Error => new TooManyRequestsError(Math.ceil((everyMs * maxWaiting) / 1000));

  function letNextGo(account: string): void {
    const waiting = lanes.get(account) ?? [];
    const next = waiting.toSorted((a, b) => a.tries - b.tries)[0];
    if (!next) return void lanes.delete(account);
    remove(waiting, next);
    next.go();
    setTimeout(letNextGo, everyMs, account).unref();
  }

  return {
    /** @throws TooManyRequestsError when too many wait. */
    enter(account: string, { address, tries }: Pick<Waiting, 'address' | 'tries'>): Promise<void> {
      const waiting = lanes.get(account);
      if (!waiting) {
        lanes.set(account, []);
        setTimeout(letNextGo, everyMs, account).unref();
        return Promise.resolve();
      }
      return new Promise((go, refuse) => {
        if (waiting.some((one) => one.address === address)) return refuse(tooMany());
        waiting.push({ address, tries, go, refuse });
        if (waiting.length <= maxWaiting) return;
        const last = waiting.toSorted((a, b) => a.tries - b.tries).at(-1) as Waiting;
        remove(waiting, last);
        last.refuse(tooMany());
      });
    },
  };
}

const remove = (waiting: Waiting[], one: Waiting): void => void waiting.splice(waiting.indexOf(one), 1);
