/**
 * What this process may believe of its leases without asking. Counted on the monotonic clock from before the database was
 * asked, and given up `marginMs` early, so that it is over here before it is over there: neither a changed clock nor a
 * process that slept makes two pollers.
 */
export function createLeaseBook({ leaseMs, marginMs, now }: { leaseMs: number; marginMs: number; now: () => number }) {
  const validUntilMs = new Map<string, number>();

  return {
    /** The database granted it, asked at `askedAtMs`. */
    granted(connectionId: string, askedAtMs: number): void {
      validUntilMs.set(connectionId, askedAtMs + leaseMs - marginMs);
    },
    isValid: (connectionId: string): boolean => (validUntilMs.get(connectionId) ?? 0) > now(),
    has: (connectionId: string): boolean => validUntilMs.has(connectionId),
    drop: (connectionId: string): void => void validUntilMs.delete(connectionId),
  };
}

export type LeaseBook = ReturnType<typeof createLeaseBook>;
