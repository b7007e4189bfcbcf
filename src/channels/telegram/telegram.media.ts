import type { InlineMedia } from '#core/message.ts';
import { readableType } from '#core/readable-file.ts';
import type { PeerFailure } from '../channel.ts';
import { apiFor, type TelegramServer } from './telegram.api.ts';
import { failureOf } from './telegram.failure.ts';

const DOWNLOAD_TIMEOUT_MS = 30_000;
const UNREACHABLE: PeerFailure = { ok: false, reason: 'unreachable' };
const TOO_LARGE: PeerFailure = { ok: false, reason: 'rejected' };

// The file server sends application/octet-stream for everything, so the path's ending decides where the update said nothing.
const OTHERS: Record<string, string> = {
  gif: 'image/gif',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
};

/** A file over `maxBytes` is `rejected`, whatever size the platform declared. */
export async function fetchTelegramFile(
  server: TelegramServer,
  token: string,
  fileId: string,
  maxBytes: number,
): Promise<{ ok: true; media: InlineMedia } | PeerFailure> {
  try {
    const { file_path: path, file_size: size = 0 } = await apiFor(server, token).getFile(fileId);
    if (!path || size > maxBytes) return TOO_LARGE;
    const bytes = await download(`${server.apiRoot}/file/bot${token}/${path}`, maxBytes);
    if (!bytes) return TOO_LARGE;
    const mimeType = readableType('', path) ?? OTHERS[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
    return { ok: true, media: { mimeType, base64: bytes.toString('base64') } };
  } catch (error) {
    // Errors of fetch contain the address, and it contains the token. They are not passed on.
    return error instanceof DownloadError ? UNREACHABLE : failureOf(error);
  }
}

class DownloadError extends Error {}

async function download(url: string, maxBytes: number): Promise<Buffer | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS), redirect: 'error' });
    if (!response.ok || !response.body) throw new DownloadError(`status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let total = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > maxBytes) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    throw new DownloadError('download failed');
  }
}
