import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { NotFoundError } from '#core/errors.ts';
import type { PasswordConfirmation } from '#features/auth/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { ConnectionsRepo } from './connections.repo.ts';
import { connectionEditForm, connectionForm } from './connections.schema.ts';
import type { ConnectionsService } from './connections.service.ts';

interface Deps {
  connections: ConnectionsService;
  connectionsRepo: Pick<ConnectionsRepo, 'find'>;
  /** The locals of the bot's page, on which the forms are rendered again. */
  botPage: (tenantId: string, botId: string) => Promise<object>;
  loadBot: RequestParamHandler;
  confirmed: PasswordConfirmation['confirmed'];
}

const botIdOf = (res: Response): string => (res.locals['bot'] as { id: string }).id;
const connectionIdOf = (res: Response): string => res.locals['connectionId'] as string;

export function connectionsRoutes({ connections, connectionsRepo, botPage, loadBot, confirmed }: Deps): Router {
  const router = Router();
  const showLocals = (formFor?: string) => async (req: Request, res: Response) => ({
    ...(await botPage(tenantOf(req).id, botIdOf(res))),
    formFor: formFor ?? connectionIdOf(res),
  });
  router.param('id', loadBot);
  // After `id`: the connection must belong to this bot.
  router.param('connectionId', async (req, res, next, id: unknown) => {
    if (!isId(id) || !(await connectionsRepo.find(tenantOf(req).id, botIdOf(res), id))) throw new NotFoundError();
    res.locals['connectionId'] = id;
    next();
  });

  router.post(
    '/:id/connections',
    requires('channels'),
    parseForm(connectionForm, 'bots/show', showLocals('connect')),
    async (req, res) => {
      await connections.add(actorOf(req), botIdOf(res), res.locals.form);
      flash(req, 'success', 'connections.add.done');
      res.redirect(303, `/bots/${botIdOf(res)}`);
    },
  );

  router.post(
    '/:id/connections/:connectionId',
    requires('channels'),
    parseForm(connectionEditForm, 'bots/show', showLocals()),
    confirmed(({ platform: _platform, ...credentials }) => Object.values(credentials).some(Boolean)),
    async (req, res) => {
      await connections.edit(actorOf(req), botIdOf(res), connectionIdOf(res), res.locals.form);
      flash(req, 'success', 'connections.edit.done');
      res.redirect(303, `/bots/${botIdOf(res)}`);
    },
  );

  addActs(router, connections, showLocals());
  return router;
}

type ShowLocals = (req: Request, res: Response) => Promise<object>;

function addActs(router: Router, connections: ConnectionsService, showLocals: ShowLocals): void {
  for (const [act, enabled] of [
    ['start', true],
    ['stop', false],
  ] as const) {
    const form = parseForm(emptyForm, 'bots/show', showLocals);
    router.post(`/:id/connections/:connectionId/${act}`, requires('channels'), form, async (req, res) => {
      await connections.setEnabled(actorOf(req), botIdOf(res), connectionIdOf(res), enabled);
      flash(req, 'success', `connections.acts.${act}`);
      res.redirect(303, `/bots/${botIdOf(res)}`);
    });
  }

  const button = parseForm(emptyForm, 'bots/show', showLocals);
  router.post('/:id/connections/:connectionId/subscribe', requires('channels'), button, async (req, res) => {
    const refusal = await connections.subscribe(actorOf(req), botIdOf(res), connectionIdOf(res));
    if (refusal === 'rejected') flash(req, 'error', 'connections.acts.subscribeRefused');
    else if (refusal) flash(req, 'error', `reasons.peer.${refusal}`);
    else flash(req, 'success', 'connections.acts.subscribe');
    res.redirect(303, `/bots/${botIdOf(res)}`);
  });

  router.post('/:id/connections/:connectionId/delete', requires('channels'), async (req, res) => {
    await connections.remove(actorOf(req), botIdOf(res), connectionIdOf(res));
    flash(req, 'success', 'connections.acts.delete');
    res.redirect(303, `/bots/${botIdOf(res)}`);
  });
}
