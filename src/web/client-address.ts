import { isIP, isIPv6 } from 'node:net';
import type { Request } from 'express';

// Some proxies append the port, and each connection would be another visitor.
const WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d+$|^\[([^\]]+)\](?::\d+)?$/;

/** The visitor's address. Null: what stands for it in X-Forwarded-For is none, whatever its length. */
export function ipOf(req: Request): string | null {
  const given = req.ip ?? '';
  const [, ipv4, ipv6] = WITH_PORT.exec(given) ?? [];
  const ip = (ipv4 ?? ipv6 ?? given).replace(/^::ffff:(?=\d+\.)/, '');
  return isIP(ip) ? ip : null;
}

/** The key of a visitor: the IPv4 address, or the /64 of an IPv6 address, because one household has that many. */
export function addressOf(req: Request): string {
  const ip = ipOf(req) ?? 'unknown';
  return isIPv6(ip) ? `${fullIPv6(ip).slice(0, 4).join(':')}::/64` : ip;
}

function fullIPv6(ip: string): string[] {
  const [head = '', tail] = (ip.split('%')[0] as string).split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(Math.max(missing, 0)).fill('0'), ...right].map((group) =>
    Number.parseInt(group, 16).toString(16),
  );
}
