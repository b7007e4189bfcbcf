// A message that was announced without its content. Source: META instagram-messaging/conversations, "Get information about a
// message" (GET /{message-id}; 2026-11).
import type { InboundEvent } from '#core/inbound-event.ts';
import type { PeerFailure } from '../channel.ts';
import type { GraphClient } from '../meta/graph-client.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { eventsOf } from './instagram.decode.ts';

const FIELDS = 'id,created_time,from,to,message,attachments';

export async function readUnread(
  graph: GraphClient,
  { token, mid, accountId }: { token: string; mid: string; accountId: string },
): Promise<{ ok: true; events: InboundEvent[] } | PeerFailure> {
  const answer = await graph.call({ method: 'GET', path: encodeURIComponent(mid), token, query: { fields: FIELDS } });
  return answer.ok ? { ok: true, events: eventsIn({ ...answer.body, id: mid }, accountId) } : answer;
}

/** As the webhook would have told it. The customer's username comes along. */
function eventsIn({ id, created_time: time, from, to, message, attachments }: JsonObject, accountId: string): InboundEvent[] {
  const { id: senderId, username } = objectOf(from);
  const [recipient = {}] = objectsOf(objectOf(to)['data']);
  const timestamp = Date.parse(textOf(time) ?? '');
  const files = objectsOf(objectOf(attachments)['data']).map(attachmentOf);
  const written = { mid: id, text: message, attachments: files };
  const item = { sender: { id: senderId }, recipient: { id: recipient['id'] ?? accountId }, timestamp, message: written };
  const name = textOf(username);
  return eventsOf(item, accountId).map((event) =>
    event.kind === 'message' && name
      ? { ...event, message: { ...event.message, sender: { ...event.message.sender, username: name } } }
      : event,
  );
}

/** An attachment of the conversations' shape in the webhooks' shape. */
function attachmentOf({ image_data: image, video_data: video, mime_type: mimeType, file_url: url }: JsonObject): JsonObject {
  const pictured = objectOf(image)['url'] ?? objectOf(video)['url'];
  const type = image ? 'image' : video ? 'video' : /^audio\//.test(textOf(mimeType) ?? '') ? 'audio' : 'file';
  return { type, payload: { url: pictured ?? url } };
}
