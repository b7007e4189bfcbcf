import type { Request } from 'express';
import type { Site } from './passkeys.service.ts';

/** By PUBLIC_URL; without it by the address the browser asked for. */
export function siteBy(publicUrl: string | undefined): (req: Request) => Site {
  if (publicUrl) {
    const { origin, hostname } = new URL(publicUrl);
    return () => ({ origin, id: hostname });
  }
  return (req) => ({ origin: `${req.protocol}://${req.get('host')}`, id: req.hostname ?? '' });
}
