import type { Request, RequestHandler, Response } from 'express';
import { NotFoundError } from '#core/errors.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { ConversationHead } from './conversations.repo.ts';
import type { Media, ShownMedia } from './media.service.ts';

const MESSAGE_ID = /^[1-9]\d{0,14}$/;
const PARTIAL = 206;
const NOT_SATISFIABLE = 416;

/** GET …/media/:messageId. Behind the check of the conversation. */
export const showMedia =
  (media: Media): RequestHandler<{ messageId: string }> =>
  async (req, res) => {
    const { messageId } = req.params;
    if (!MESSAGE_ID.test(messageId)) throw new NotFoundError();
    const { id: conversationId } = res.locals['conversation'] as ConversationHead;
    const of = { tenantId: tenantOf(req as Request).id, userId: memberOf(req as Request).user.id };
    sendMedia(req as Request, res, await media.show(of, conversationId, Number(messageId)));
  };

/** A browser shows what is safe, saves the rest, and runs nothing. */
function sendMedia(req: Request, res: Response, { content, type, inline, extension, fileName }: ShownMedia): void {
  // A name decides by its ending what the file is opened with.
  const name = fileName ?? `file.${extension}`;
  if (inline) res.set('Content-Disposition', 'inline');
  else res.attachment(name);
  res.set({
    'Content-Type': type,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Accept-Ranges': 'bytes',
  });
  const ranges = req.range(content.length);
  // Several ranges at once are answered with the whole, as the standard allows.
  const range = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : null;
  if (ranges === -1) {
    res.status(NOT_SATISFIABLE).set('Content-Range', `bytes */${content.length}`).removeHeader('Content-Disposition');
    res.end();
  } else if (range) {
    res.status(PARTIAL).set('Content-Range', `bytes ${range.start}-${range.end}/${content.length}`);
    res.end(content.subarray(range.start, range.end + 1));
  } else res.end(content);
}
