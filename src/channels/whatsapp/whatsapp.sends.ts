import type { MessageTemplate } from '#core/broadcast-parts.ts';
import type { PeerFailure, Photo, RichMessage, RichSent, Sent } from '../channel.ts';
import type { GraphAnswer, GraphClient } from '../meta/graph-client.ts';
import { type JsonObject, objectsOf, textOf } from '../meta/json.ts';
import { fromMarkdown } from '../meta/message-text.ts';

/** Whose number sends. */
export interface Sender {
  token: string;
  phoneId: string;
}

// Source: META business-scoped-user-ids: a country code, a dot, letters and digits (2026-11).
const BSUID = /^[A-Z]{2}\.\w+$/;
const UPLOAD_TIMEOUT_MS = 30_000;
// Taken, it seems, but without an id: sending it again could double it.
const UNREADABLE: PeerFailure = { ok: false, reason: 'rejected' };

export function sentOf(answer: GraphAnswer): Sent {
  if (!answer.ok) return answer;
  const externalId = textOf(objectsOf(answer.body['messages'])[0]?.['id']);
  return externalId ? { ok: true, externalId } : UNREADABLE;
}

/** POST /{phone number id}/messages in all its forms, and the photo's upload before. */
export function createSends(graph: GraphClient) {
  const post = ({ token, phoneId }: Sender, json: JsonObject): Promise<GraphAnswer> =>
    graph.call({
      method: 'POST',
      path: `${encodeURIComponent(phoneId)}/messages`,
      token,
      json: { messaging_product: 'whatsapp', ...json },
    });

  const message = (sender: Sender, chatId: string, content: JsonObject): Promise<GraphAnswer> => {
    const recipient = BSUID.test(chatId) ? { recipient: chatId } : { to: chatId };
    return post(sender, { recipient_type: 'individual', ...recipient, ...content });
  };

  /** Its id lives 30 days. Source: META business-phone-numbers/media (2026-11). */
  async function upload({ token, phoneId }: Sender, { type, content }: Photo): Promise<{ ok: true; id: string } | PeerFailure> {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', type);
    form.set('file', new Blob([new Uint8Array(await content())], { type }), type === 'image/png' ? 'photo.png' : 'photo.jpg');
    const path = `${encodeURIComponent(phoneId)}/media`;
    const answer = await graph.call({ method: 'POST', path, token, form, timeoutMs: UPLOAD_TIMEOUT_MS });
    if (!answer.ok) return { ...answer, reason: answer.reason === 'rejected' ? 'photo_refused' : answer.reason, notSent: true };
    const id = textOf(answer.body['id']);
    return id ? { ok: true, id } : { ok: false, reason: 'photo_refused', notSent: true };
  }

  return {
    post,
    message,

    async rich(sender: Sender, chatId: string, { text, photo, button }: RichMessage): Promise<RichSent> {
      const uploaded = photo && photo.handle === null ? await upload(sender, photo) : null;
      if (uploaded && !uploaded.ok) return uploaded;
      const id = uploaded?.id ?? photo?.handle;
      const body = fromMarkdown(text, { bold: '*', code: '`' });
      const image = id ? { image: { id } } : {};
      const content = button
        ? {
            type: 'interactive',
            interactive: ctaUrl({ body, button, header: id ? { header: { type: 'image', ...image } } : {} }),
          }
        : { type: 'image', image: { id, ...(body && { caption: body }) } };
      const sent = sentOf(await message(sender, chatId, content));
      // A photo Meta has taken is known by its id from now on, whatever became of this one message.
      return uploaded ? { ...sent, photoHandle: uploaded.id } : sent;
    },

    /** Of the language given or none: Meta falls back to no other. Source: META messages/template-messages (2026-11). */
    async template(sender: Sender, chatId: string, { name, language, parameters }: MessageTemplate): Promise<Sent> {
      const values = parameters.map((text) => ({ type: 'text', text }));
      const components = values.length > 0 ? [{ type: 'body', parameters: values }] : [];
      const template = { name, language: { policy: 'deterministic', code: language }, components };
      return sentOf(await message(sender, chatId, { type: 'template', template }));
    },
  };
}

const ctaUrl = ({ body, button, header }: { body: string; button: { label: string; url: string }; header: JsonObject }) => ({
  type: 'cta_url',
  ...header,
  body: { text: body },
  action: { name: 'cta_url', parameters: { display_text: button.label, url: button.url } },
});
