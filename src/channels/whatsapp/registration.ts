import type { PeerFailure } from '../channel.ts';
import type { GraphClient } from '../meta/graph-client.ts';
import type { JsonObject } from '../meta/json.ts';
import type { Sender } from './whatsapp.sends.ts';

export const PIN_FIELD = 'whatsappPin';
export const PIN = /^\d{6}$/;

type Refusal = PeerFailure & { field: string };

/**
 * A number must be registered before it can send, with the PIN of its two-step verification or a new one.
 * `platform_type` is NOT_APPLICABLE until then. Ten tries in 72 hours. Source: META registration, phone-numbers (2026-11).
 * Null: it is registered.
 */
export async function registered(
  graph: GraphClient,
  sender: Sender,
  number: JsonObject,
  pin: string | undefined,
): Promise<Refusal | null> {
  if (!pin)
    return number['platform_type'] === 'NOT_APPLICABLE' ? { ok: false, reason: 'not_registered', field: PIN_FIELD } : null;
  const path = `${encodeURIComponent(sender.phoneId)}/register`;
  const json = { messaging_product: 'whatsapp', pin };
  const answer = await graph.call({ method: 'POST', path, token: sender.token, json });
  return answer.ok
    ? null
    : { ...answer, reason: answer.reason === 'not_registered' ? 'rejected' : answer.reason, field: PIN_FIELD };
}
