import type { InlineMedia } from '#core/message.ts';
import type { PeerFailure } from '../channel.ts';
import type { GraphClient } from './graph-client.ts';

const DOWNLOAD_TIMEOUT_MS = 30_000;
// S46 (SSRF): files are fetched from Meta's hosts only, whatever address a signed webhook names.
const MEDIA_HOSTS = /(?:^|\.)(?:fbsbx\.com|fbcdn\.net|cdninstagram\.com|facebook\.com|instagram\.com|whatsapp\.net)$/;

export async function downloadMedia(
  { http, baseUrl }: Pick<GraphClient, 'http' | 'baseUrl'>,
  { url, bearer, maxBytes }: { url: string; bearer?: string; maxBytes: number },
): Promise<{ ok: true; media: InlineMedia } | PeerFailure> {
  if (!isMetaAddress(url, baseUrl)) return { ok: false, reason: 'rejected' };
  const answer = await http({ method: 'GET', url, maxBytes, timeoutMs: DOWNLOAD_TIMEOUT_MS, ...(bearer && { bearer }) });
  if (!answer.ok) return { ok: false, reason: answer.reason === 'too_large' ? 'rejected' : 'unreachable' };
  if (answer.status !== 200) return { ok: false, reason: answer.status >= 500 ? 'unreachable' : 'rejected' };
  return { ok: true, media: { mimeType: plainType(answer.contentType), base64: answer.body.toString('base64') } };
}

export const plainType = (contentType: string): string =>
  contentType.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream';

function isMetaAddress(address: string, baseUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const isMeta = url.protocol === 'https:' && url.port === '' && MEDIA_HOSTS.test(url.hostname);
  // An emulator serves its media itself.
  return isMeta || url.origin === new URL(baseUrl).origin;
}
