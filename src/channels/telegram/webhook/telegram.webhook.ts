import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { Update } from 'grammy/types';
import type { WebhookRefusal } from '#core/reasons.ts';
import { isUnavailable } from '#platform/db/failures.ts';
import { isUnreadableBody } from '#platform/unreadable-body.ts';
import { type AcceptDeps, createAccept, isDataFault } from '../accept-update.ts';
import { type OpenTokenDeps, openToken } from '../polling/bring-up.ts';
import type { CalledConnection, PollingStore } from '../polling/polling-store.ts';
import type { WebhookSecrets } from './webhook-secret.ts';

export interface TelegramWebhookDeps extends AcceptDeps, OpenTokenDeps {
  store: Pick<PollingStore, 'findCalledAcrossTenants' | 'setReachable'>;
  webhookSecrets: Pick<WebhookSecrets, 'isRight'>;
  /** Called with each call that is refused. */
  refused: (platform: 'telegram', reason: WebhookRefusal) => void;
}

const SECRET_HEADER = 'X-Telegram-Bot-Api-Secret-Token';
// An update holds one message of at most 4,096 characters, and perhaps the one it answers.
const MAX_BODY = '256kb';

/**
 * POST /webhooks/telegram/:connectionId. Without the connection's secret a caller learns nothing, not even whether the
 * connection exists. An update is stored before it is answered, else it is refused, so that Telegram sends it again. Answers
 * have no body.
 */
export function telegramWebhook(deps: TelegramWebhookDeps): Router {
  const router = Router();
  // The secret is checked first, so that a stranger's body is not even read.
  const body = express.json({ limit: MAX_BODY, type: () => true });
  router.post('/:connectionId', authentic(deps), body, takeIn(deps), refuse(deps));
  return router;
}

function authentic({ webhookSecrets, refused }: TelegramWebhookDeps): RequestHandler<{ connectionId: string }> {
  return (req, res, next) => {
    const secret = req.get(SECRET_HEADER) ?? '';
    if (webhookSecrets.isRight(req.params.connectionId, secret)) return next();
    refused('telegram', secret ? 'wrong_signature' : 'unsigned');
    res.status(401).end();
  };
}

function takeIn(deps: TelegramWebhookDeps): RequestHandler<{ connectionId: string }> {
  return async (req, res) => {
    const update = req.body as Update | undefined;
    if (!Number.isSafeInteger(update?.update_id)) {
      deps.refused('telegram', 'malformed');
      return void res.status(400).end();
    }
    const connection = await deps.store.findCalledAcrossTenants(req.params.connectionId);
    // Of a stopped bot Telegram keeps what waits, as it does for a bot that is not polled.
    const accepted = connection !== null && (await store(deps, connection, update as Update));
    if (!accepted) deps.refused('telegram', 'unknown_account');
    res.status(accepted ? 200 : 404).end();
  };
}

function store(deps: TelegramWebhookDeps, connection: CalledConnection, update: Update): Promise<boolean> {
  const { id, accountId, username, displayName } = connection;
  const bot = { id: Number(accountId), username: username ?? '', name: displayName ?? '' };
  const accept = createAccept(deps, { connectionId: id, epoch: null }, bot, openToken(deps, connection) ?? '');
  return accept([update]).catch((err: unknown) => {
    if (!isDataFault(err)) throw err;
    deps.logger.error(
      { err, connectionId: id, updateId: update.update_id },
      'telegram: the database refuses an update, left out',
    );
    return true;
  });
}

/** Answers unreadable bodies and a database that is away. Anything else is a fault of ours. */
function refuse({ logger, refused }: TelegramWebhookDeps): ErrorRequestHandler {
  return (error: { status?: unknown }, req, res, next) => {
    const status = typeof error.status === 'number' ? error.status : isUnavailable(error) ? 503 : 500;
    if (status === 500) return next(error);
    if (isUnreadableBody(error)) refused('telegram', 'malformed');
    logger.warn({ status, id: req.id }, 'telegram: a call was refused');
    res.status(status).end();
  };
}
