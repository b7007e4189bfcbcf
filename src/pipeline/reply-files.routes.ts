import { type RequestHandler, Router } from 'express';
import type { Channels } from '#channels/channel.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Attachment, ChannelKind } from '#core/message.ts';
import { replyFileOf } from '#core/reply-file.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { signatureOf } from '#platform/crypto/sign.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Secrets } from '#web/cookies.ts';
import { extensionOf, type ReplyFiles } from './reply-files.ts';

interface Row {
  tenantId: string;
  platform: ChannelKind;
  kind: string;
  attachment: Attachment | null;
}

const findReplyFile = report<{ messageId: number }, Row>(import.meta.url, './statements/find-reply-file.sql');

const MESSAGE_ID = /^[1-9]\d{0,14}$/;

/** Addresses for platforms that fetch files. The signature prevents guessing. */
export function createFileAddresses({ secrets, publicUrl }: { secrets: Secrets; publicUrl: string | undefined }) {
  const signed = (id: number, secret: string = secrets[0]): string => signatureOf(secret, `reply file ${id}`);
  return {
    of: (id: number, type: string): string | null =>
      publicUrl ? `${publicUrl}/media/replies/${id}/${signed(id)}.${extensionOf(type)}` : null,

    isOurs: (id: number, file: string): boolean =>
      secrets.some((secret) => isSameSecret(file.replace(/\.[a-z0-9]+$/, ''), signed(id, secret))),
  };
}

interface Deps {
  sql: Sql;
  channels: Channels;
  files: Pick<ReplyFiles, 'fetch'>;
  addresses: Pick<ReturnType<typeof createFileAddresses>, 'isOurs'>;
}

/** For platforms: no session, no cookie. A file can be fetched for a day. */
export function replyFileRoutes({ sql, channels, files, addresses }: Deps): Router {
  const show: RequestHandler<{ messageId: string; file: string }> = async (req, res) => {
    const { messageId, file: name } = req.params;
    const id = MESSAGE_ID.test(messageId) ? Number(messageId) : 0;
    const [row] = id > 0 && addresses.isOurs(id, name) ? await findReplyFile(sql, { messageId: id }) : [];
    const file = row ? replyFileOf(row) : null;
    const rule = file && row && channels[row.platform]?.files?.[file.kind];
    if (!row || !file || !rule) throw new NotFoundError();
    const fetched = await files.fetch(row.tenantId, file, rule);
    if (!fetched.ok) throw new NotFoundError();
    // Held until the platform has it all, or has gone.
    if (res.closed) return fetched.free();
    res.once('close', fetched.free);
    res.attachment(`${file.kind}.${extensionOf(fetched.type)}`);
    res.set({
      'Content-Type': fetched.type,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cache-Control': 'no-store',
    });
    res.send(fetched.content);
  };
  return Router().get('/media/replies/:messageId/:file', show);
}
