import { BlockList, isIPv6 } from 'node:net';
import type { RequestHandler } from 'express';
import type { Logger } from '#platform/logger.ts';

// Loopback, private (RFC 1918), link-local and unique local addresses.
const PRIVATE: [string, number][] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
];
const privatePeers = new BlockList();
for (const [net, bits] of PRIVATE) privatePeers.addSubnet(net, bits, isIPv6(net) ? 'ipv6' : 'ipv4');

/**
 * S75: X-Forwarded-* of a peer that is on the internet are the visitor's own words. Without TRUST_PROXY one hop is trusted, and
 * only where a proxy can stand. The value is express's `trust proxy`.
 */
export const trustedProxies = (hops: number | undefined): number | ((address: string, hop: number) => boolean) =>
  hops ?? ((address, hop) => hop === 0 && isPrivatePeer(address));

export function isPrivatePeer(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return privatePeers.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** Says once that a proxy may stand at a public address: then all its visitors share one address in the limits. */
export function noticeProxy(logger: Pick<Logger, 'warn'>, hops: number | undefined): RequestHandler {
  let isSaid = hops !== undefined;
  return (req, _res, next) => {
    const peer = req.socket.remoteAddress;
    if (!isSaid && peer && req.headers['x-forwarded-for'] && !isPrivatePeer(peer)) {
      isSaid = true;
      logger.warn({ peer }, 'X-Forwarded-For of a public address is not trusted: if it is your proxy, set TRUST_PROXY=1');
    }
    next();
  };
}
