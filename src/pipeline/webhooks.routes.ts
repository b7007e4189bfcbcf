import express, { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { ChannelAdapter } from '#channels/channel.ts';
import type { ChannelKind } from '#core/message.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import type { Logger } from '#platform/logger.ts';
import { isUnreadableBody } from '#platform/unreadable-body.ts';
import type { AcceptDelivery, ReceivingChannel, Verdict } from './accept-delivery.ts';
import type { Refused } from './refusal-counter.ts';

interface Deps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  verifyToken: string;
  acceptDelivery: AcceptDelivery;
  markVerified: (platform: ChannelKind) => Promise<void>;
  refused: Refused;
  logger: Logger;
}

// Meta sends up to 3 MB. Source: META webhooks/create-webhook-endpoint (2026-11).
const MAX_BODY = '4mb';
// `inflate` off: the signature is over the bytes as they come, and nobody needs to unpack a stranger's.
const rawBody = express.raw({ type: () => true, limit: MAX_BODY, inflate: false });
const STATUS: Record<Verdict, number> = { accepted: 200, forged: 401, unreadable: 400 };

/**
 * /webhooks/<platform>, for platforms that call us: the handshake and the deliveries. Mounted at /webhooks before sessions and
 * body parsers in src/app.ts; no cookie, no CSRF token, the signature is what counts.
 */
export function webhooksRoutes({ channels, verifyToken, acceptDelivery, markVerified, refused, logger }: Deps): Router {
  const router = Router();
  const receiving = Object.values(channels).filter((channel): channel is ReceivingChannel => channel?.webhook !== undefined);

  for (const channel of receiving) {
    router.get(`/${channel.kind}`, async (req, res) => {
      const challenge = challengeOf(req, verifyToken);
      if (challenge === null) {
        if (hasWrongToken(req, verifyToken)) refused(channel.kind, 'wrong_verify_token');
        return void res.status(403).end();
      }
      // A database that is away is no reason to fail the handshake.
      await markVerified(channel.kind).catch((err: unknown) => logger.warn({ err }, 'webhook: the handshake could not be noted'));
      res.type('text/plain').send(challenge);
    });

    const unread: ErrorRequestHandler = (error, _req, _res, next) => {
      if (isUnreadableBody(error)) refused(channel.kind, 'malformed');
      next(error);
    };
    router.post(`/${channel.kind}`, rawBody, unread, async (req: Request, res: Response) => {
      const body: Buffer = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
      const verdict = await acceptDelivery(channel, body, req.get(channel.webhook.signatureHeader));
      res.status(STATUS[verdict]).end();
    });
  }
  return router;
}

/** The challenge to echo, when the token is ours. */
function challengeOf({ query }: Request, verifyToken: string): string | null {
  const [mode, token, challenge] = [query['hub.mode'], query['hub.verify_token'], query['hub.challenge']];
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return null;
  return isSameSecret(token, verifyToken) ? challenge : null;
}

/** A handshake but for the token: what else is asked of this address is nobody's at Meta. */
const hasWrongToken = ({ query }: Request, verifyToken: string): boolean =>
  query['hub.mode'] === 'subscribe' &&
  typeof query['hub.verify_token'] === 'string' &&
  !isSameSecret(query['hub.verify_token'], verifyToken);
