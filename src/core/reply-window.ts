export interface ReplyWindow {
  open: boolean;
  /** Null when the window never closes or the customer has not written. */
  closesAt: Date | null;
}

// `windowMs` is null for platforms without a window. The last millisecond is excluded.
// Source: META messages/send-messages and instagram-platform/messaging-api (24 hours after the last message; 2026-11).
export function replyWindow({
  lastCustomerMessageAt,
  windowMs,
  now,
}: {
  lastCustomerMessageAt: Date | null;
  windowMs: number | null;
  now: Date;
}): ReplyWindow {
  if (windowMs === null) return { open: true, closesAt: null };
  if (lastCustomerMessageAt === null) return { open: false, closesAt: null };
  const closesAt = new Date(lastCustomerMessageAt.getTime() + windowMs);
  return { open: now.getTime() < closesAt.getTime(), closesAt };
}
