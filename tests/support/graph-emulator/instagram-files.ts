// Files that Instagram fetches from the business' site. Source: META instagram-messaging/features/attachment-upload (2026-11).
import { type GraphReply, graphError } from './errors.ts';

const MB = 1024 * 1024;
const KINDS: Record<string, { maxBytes: number; types: string[] }> = {
  image: { maxBytes: 8 * MB, types: ['image/png', 'image/jpeg'] },
  audio: { maxBytes: 25 * MB, types: ['audio/aac', 'audio/mp4', 'audio/wav'] },
  file: { maxBytes: 25 * MB, types: ['application/pdf'] },
};
const REFUSED = graphError({ code: 100, subcode: 2018047 });

/** Fetches what a reply names, whatever name the site has. Null: it may be sent. */
export async function attachmentProblem(body: Record<string, unknown>, siteUrl: string | null): Promise<GraphReply | null> {
  const { type = '', payload = {} } = ((body['message'] as { attachment?: object } | undefined)?.attachment ?? {}) as {
    type?: string;
    payload?: { url?: string };
  };
  const path = URL.canParse(payload.url ?? '') ? new URL(payload.url as string).pathname : '';
  const kind = KINDS[type];
  if (!siteUrl || !kind || !path.startsWith('/media/replies/')) return null;
  const answer = await fetch(`${siteUrl}${path}`, { redirect: 'error' });
  const bytes = (await answer.arrayBuffer()).byteLength;
  const isOf = kind.types.includes(answer.headers.get('content-type') ?? '');
  return answer.status === 200 && isOf && bytes > 0 && bytes <= kind.maxBytes ? null : REFUSED;
}
