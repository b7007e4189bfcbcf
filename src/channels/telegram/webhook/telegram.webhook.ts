import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Update } from 'grammy/types';
import type { WebhookRefusal } from '#core/reasons.ts';
import { isUnavailable } from '#platform/db/failures.ts';
import { isUnreadableBody } from '#platform/unreadable-body.ts';
import { type AcceptDeps, createAccept, isDataFault } from '../accept-update.ts';
import { DESK_BOT_ID } from '../desk/desk.event.ts';
import { type OpenTokenDeps, openToken } from '../polling/bring-up.ts';
import type { CalledConnection, PollingStore } from '../polling/polling-store.ts';
import type { WebhookSecrets } from './webhook-secret.ts';

type CallStore = Pick<PollingStore, 'findCalledAcrossTenants' | 'setReachable' | 'setGroupReachable' | 'moveChat'>;

export interface TelegramWebhookDeps extends AcceptDeps, OpenTokenDeps {
  store: CallStore;
  /** What differs for the installation's desk bot. */
  deskBot?: Pick<AcceptDeps & OpenTokenDeps, 'receive' | 'openCredentials'> & { store: CallStore };
  webhookSecrets: Pick<WebhookSecrets, 'isRight'>;
  refused: (platform: 'telegram', reason: WebhookRefusal) => void;
  /** Ends a refused call; too many of an address get 429. */
  refuse: (req: Request, res: Response, status: number) => void;
}

const SECRET_HEADER = 'X-Telegram-Bot-Api-Secret-Token';
// A rich message has 32,768 characters, each written as \uXXXX, and may quote another: 393 KB were seen.
const MAX_BODY = '2mb';

/** Without the secret a caller learns nothing. An update is stored before it is acknowledged, or Telegram sends it again. */
export function telegramWebhook(deps: TelegramWebhookDeps): Router {
  const router = Router();
  // The secret is checked first, so that a stranger's body is not read.
  const body = express.json({ limit: MAX_BODY, type: () => true });
  router.post('/:connectionId', authentic(deps), body, takeIn(deps), refuse(deps));
  return router;
}

function authentic({ webhookSecrets, refused, refuse }: TelegramWebhookDeps): RequestHandler<{ connectionId: string }> {
  return (req, res, next) => {
    const secret = req.get(SECRET_HEADER) ?? '';
    if (webhookSecrets.isRight(req.params.connectionId, secret)) return next();
    refused('telegram', secret ? 'wrong_signature' : 'unsigned');
    refuse(req as unknown as Request, res, 401);
  };
}

function takeIn(deps: TelegramWebhookDeps): RequestHandler<{ connectionId: string }> {
  return async (req, res) => {
    const update = req.body as Update | undefined;
    if (!Number.isSafeInteger(update?.update_id)) {
      deps.refused('telegram', 'malformed');
      return void res.status(400).end();
    }
    const { connectionId } = req.params;
    const called = connectionId === DESK_BOT_ID ? { ...deps, ...deps.deskBot } : deps;
    const connection = await called.store.findCalledAcrossTenants(connectionId);
    // Telegram keeps the updates of a stopped bot, as without polling.
    const accepted = connection !== null && (await store(called, connection, update as Update));
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

/** Anything but an unreadable body or an unavailable database is a bug. */
function refuse({ logger, refused }: TelegramWebhookDeps): ErrorRequestHandler {
  return (error: { status?: unknown }, req, res, next) => {
    const status = typeof error.status === 'number' ? error.status : isUnavailable(error) ? 503 : 500;
    if (status === 500) return next(error);
    if (isUnreadableBody(error)) refused('telegram', 'malformed');
    logger.warn({ status, id: req.id }, 'telegram: a call was refused');
    res.status(status).end();
  };
}
