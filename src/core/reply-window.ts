/** When a business may write freely to a customer. */
export interface ReplyWindow {
  open: boolean;
  /** When it closes or closed; null: it never does, or the customer has not written at all. */
  closesAt: Date | null;
}

/**
 * The time in which we may write freely: `windowMs` from the customer's latest message on, the last millisecond excluded;
 * null for platforms without such a rule. A customer who never wrote has no window.
 * Source: META messages/send-messages and instagram-platform/messaging-api (24 hours after the user's last message; 2026-11).
 */
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
