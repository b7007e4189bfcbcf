import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { ChannelAdapter } from '#channels/channel.ts';
import type { VerifyTokens } from '#channels/meta/verify-tokens.ts';
import type { ChannelKind } from '#core/message.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import type { Logger } from '#platform/logger.ts';
import { isUnreadableBody } from '#platform/unreadable-body.ts';
import type { AcceptDelivery, ReceivingChannel, Verdict } from './accept-delivery.ts';
import { paceLargeDeliveries } from './large-deliveries.ts';
import type { Refused } from './refusal-counter.ts';
import type { RefusalLimit } from './refusal-limit.ts';

interface Deps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  verifyToken: string;
  verifyTokens: Pick<VerifyTokens, 'connectionOf'>;
  acceptDelivery: AcceptDelivery;
  markVerified: (platform: ChannelKind, connectionId: string | null) => Promise<void>;
  refused: Refused;
  refusalLimit: RefusalLimit;
  logger: Logger;
}

// Meta sends up to 3 MB. Source: META webhooks/create-webhook-endpoint (2026-11).
const MAX_BODY = '4mb';
// `inflate` off: the signature covers the bytes as sent, and a stranger's body is never decompressed.
const rawBody = express.raw({ type: () => true, limit: MAX_BODY, inflate: false });
const STATUS: Record<Verdict, number> = { accepted: 200, forged: 401, unreadable: 400 };

/** Mounted before sessions and body parsers in src/app.ts: no cookie, no CSRF token, only the signature. */
export function webhooksRoutes(deps: Deps): Router {
  const { channels, acceptDelivery, refused } = deps;
  const { refuse } = deps.refusalLimit;
  const router = Router();
  const pace = paceLargeDeliveries();
  const receiving = Object.values(channels).filter((channel): channel is ReceivingChannel => channel?.webhook !== undefined);

  for (const channel of receiving) {
    const { signatureHeader } = channel.webhook;
    router.get(`/${channel.kind}`, handshake(deps, channel.kind));

    const unread: ErrorRequestHandler = (error, _req, _res, next) => {
      if (isUnreadableBody(error)) refused(channel.kind, 'malformed');
      next(error);
    };
    router.post(`/${channel.kind}`, pace, rawBody, unread, async (req: Request, res: Response) => {
      const body: Buffer = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
      const verdict = await acceptDelivery(channel, body, req.get(signatureHeader));
      if (verdict === 'accepted') res.status(STATUS.accepted).end();
      else refuse(req, res, STATUS[verdict]);
    });
  }
  return router;
}

/** The token is the installation's, which verifies all connections of the platform, or one connection's own. */
function handshake(
  { verifyToken, verifyTokens, markVerified, refused, refusalLimit, logger }: Deps,
  platform: ChannelKind,
): RequestHandler {
  return async (req, res) => {
    const [mode, token, challenge] = [req.query['hub.mode'], req.query['hub.verify_token'], req.query['hub.challenge']];
    if (mode !== 'subscribe' || typeof token !== 'string') return void res.status(403).end();
    const connectionId = isSameSecret(token, verifyToken) ? null : verifyTokens.connectionOf(token);
    if (connectionId === null && !isSameSecret(token, verifyToken)) {
      // Counted, because only Meta asks this address for handshakes.
      refused(platform, 'wrong_verify_token');
      return refusalLimit.refuse(req, res, 403);
    }
    if (typeof challenge !== 'string') return void res.status(403).end();
    // An unavailable database must not fail the handshake.
    await markVerified(platform, connectionId).catch((err: unknown) =>
      logger.warn({ err }, 'webhook: the handshake could not be noted'),
    );
    res.type('text/plain').send(challenge);
  };
}
