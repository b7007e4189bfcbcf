import type { ExternalReplyInfo, Message } from 'grammy/types';
import type { Reference } from '#core/reference.ts';
import { contentOf } from './telegram.content.ts';

type Pointed = Pick<Message, 'quote' | 'reply_to_message' | 'external_reply'>;

/** The words that the customer quotes or replies to. A post comes from a channel. */
export function referenceOf({ quote, reply_to_message: replied, external_reply: external }: Pointed): { refersTo?: Reference } {
  const text = quote?.text ?? (replied ? wordsOf(replied) : external ? wordsOf(external) : '');
  if (!text) return {};
  const isPost = replied?.is_automatic_forward || external?.origin.type === 'channel';
  return { refersTo: { kind: isPost ? 'post' : 'message', text } };
}

/** What a message says, in words, also when it is a place, a contact, a poll or a bill. */
function wordsOf(message: Message | ExternalReplyInfo): string {
  const { poll, invoice, checklist, document, audio } = message;
  const { text, caption } = message as Message;
  if (text || caption) return text || caption || '';
  const content = contentOf(message as Message);
  const { name, phone, title, address } = content?.attachment ?? {};
  const other = poll
    ? [poll.question, ...poll.options.map((option) => option.text)]
    : invoice
      ? [invoice.title, invoice.description]
      : checklist
        ? [checklist.title, ...checklist.tasks.map((task) => task.text)]
        : [title, address, name, phone, document?.file_name, audio?.title];
  return content?.text || other.filter(Boolean).join('\n');
}
