import { PHOTO_EXTENSIONS } from '#core/file-kind.ts';
import type { MessageTemplate } from '#core/message-template.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { ReplyFileKind } from '#core/reply-file.ts';
import type { OutgoingFile, PeerFailure, Photo, RichMessage, RichSent, Sent } from '../channel.ts';
import type { GraphAnswer, GraphClient } from '../meta/graph-client.ts';
import { type JsonObject, objectsOf, textOf } from '../meta/json.ts';
import { BSUID } from './whatsapp.identity.ts';
import { componentsOf } from './whatsapp.templates.ts';

export interface Sender {
  token: string;
  phoneId: string;
}

const UPLOAD_TIMEOUT_MS = 60_000;
// The plain type is refused. Source: META business-phone-numbers/media; chatwoot #14606 (2026-11).
const OPUS = 'audio/ogg; codecs=opus';

interface Upload {
  type: string;
  name: string;
  content: Buffer;
}
type Uploaded = { ok: true; id: string } | PeerFailure;
const REFUSALS: readonly PeerFailureReason[] = ['rejected', 'file_refused'];
// Probably accepted but without an id. Sending it again could duplicate it.
const UNREADABLE: PeerFailure = { ok: false, reason: 'rejected' };

export function sentOf(answer: GraphAnswer): Sent {
  if (!answer.ok) return answer;
  const externalId = textOf(objectsOf(answer.body['messages'])[0]?.['id']);
  return externalId ? { ok: true, externalId } : UNREADABLE;
}

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

  /** The id lives 30 days. Source: META business-phone-numbers/media (2026-11). */
  async function upload(
    { token, phoneId }: Sender,
    { type, name, content }: Upload,
    refused: PeerFailureReason,
  ): Promise<Uploaded> {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    const told = type === 'audio/ogg' ? OPUS : type;
    form.set('type', told);
    form.set('file', new Blob([new Uint8Array(content)], { type: told }), name);
    const path = `${encodeURIComponent(phoneId)}/media`;
    const answer = await graph.call({ method: 'POST', path, token, form, timeoutMs: UPLOAD_TIMEOUT_MS });
    if (!answer.ok) return { ...answer, reason: REFUSALS.includes(answer.reason) ? refused : answer.reason, notSent: true };
    const id = textOf(answer.body['id']);
    return id ? { ok: true, id } : { ok: false, reason: refused, notSent: true };
  }

  const uploadPhoto = async (sender: Sender, { type, content }: Photo): Promise<Uploaded> =>
    upload(sender, { type, name: `photo.${PHOTO_EXTENSIONS[type]}`, content: await content() }, 'photo_refused');

  return {
    post,
    message,

    async rich(sender: Sender, chatId: string, { text, photo, button }: RichMessage): Promise<RichSent> {
      const uploaded = photo && photo.handle === null ? await uploadPhoto(sender, photo) : null;
      if (uploaded && !uploaded.ok) return uploaded;
      const id = uploaded?.id ?? photo?.handle;
      const image = id ? { image: { id } } : {};
      const content = button
        ? {
            type: 'interactive',
            interactive: ctaUrl({ body: text, button, header: id ? { header: { type: 'image', ...image } } : {} }),
          }
        : { type: 'image', image: { id, ...(text && { caption: text }) } };
      const sent = sentOf(await message(sender, chatId, content));
      // The uploaded photo's id stays valid even when this message fails.
      return uploaded ? { ...sent, photoHandle: uploaded.id } : sent;
    },

    /** A file of a person's: uploaded first. */
    async file(sender: Sender, chatId: string, { kind, name, type, from }: OutgoingFile, caption: string): Promise<Sent> {
      if (!('content' in from)) return { ok: false, reason: 'file_refused' };
      const uploaded = await upload(sender, { type, name, content: from.content }, 'file_refused');
      if (!uploaded.ok) return uploaded;
      const { id } = uploaded;
      const words = caption && { caption };
      const content: Record<ReplyFileKind, JsonObject> = {
        photo: { type: 'image', image: { id, ...words } },
        voice: { type: 'audio', audio: { id, voice: true } },
        audio: { type: 'audio', audio: { id } },
        document: { type: 'document', document: { id, filename: name, ...words } },
      };
      return sentOf(await message(sender, chatId, content[kind]));
    },

    /** Meta never falls back to another language. Source: META messages/template-messages (2026-11). */
    async template(sender: Sender, chatId: string, given: MessageTemplate): Promise<Sent> {
      const { name, language } = given;
      const components = componentsOf(given);
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
