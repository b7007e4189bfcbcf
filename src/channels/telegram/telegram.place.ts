import type { Place } from '#core/message.ts';
import { isThreadError } from './telegram.failure.ts';

/** Fields of a call that say where in a chat it goes. Source: https://core.telegram.org/bots/api#sendmessage (seen 2026-11). */
export interface Placed {
  message_thread_id?: number;
  reply_parameters?: { message_id: number; allow_sending_without_reply: true };
}

export const threadOf = (place?: Place): Pick<Placed, 'message_thread_id'> =>
  place?.thread === undefined ? {} : { message_thread_id: Number(place.thread) };

/** The message that is answered may be deleted by then. */
export const placed = (place?: Place): Placed => ({
  ...threadOf(place),
  ...(place?.replyTo !== undefined && {
    reply_parameters: { message_id: Number(place.replyTo), allow_sending_without_reply: true },
  }),
});

/** A topic may be deleted by then too: what belongs there goes to the whole group. */
export function withoutGoneThread<Where extends Placed, Out>(where: Where, send: (where: Where) => Promise<Out>): Promise<Out> {
  return send(where).catch((error) => {
    if (where.message_thread_id === undefined || !isThreadError(error)) throw error;
    const { message_thread_id: _gone, ...rest } = where;
    return send(rest as Where);
  });
}
