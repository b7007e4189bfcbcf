import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { CHANNEL_KINDS } from '#channels/channels.ts';
import { REPLY_LANGUAGES } from '#core/languages.ts';
import type { ConnectionsRepo, ConnectionsService } from '#features/connections/feature.ts';
import { TRADES } from '#features/presets/feature.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import { type BotPage, versionOf } from './bot-page.ts';
import type { BotSummaries } from './bot-summaries.read.ts';
import { botForm, deleteForm, newBotForm } from './bots.schema.ts';
import type { BotsService } from './bots.service.ts';
import { botOf } from './load-bot.ts';

interface Deps {
  bots: BotsService;
  summaries: BotSummaries;
  botPage: BotPage;
  connections: Pick<ConnectionsService, 'platforms'>;
  connectionsRepo: Pick<ConnectionsRepo, 'listOfBot'>;
  loadBot: RequestParamHandler;
}

export function botsRoutes(deps: Deps): Router {
  const router = Router();
  router.param('id', deps.loadBot);
  addListAndNew(router, deps);
  addPage(router, deps);
  addActs(router, deps);
  return router;
}

function addListAndNew(router: Router, { bots, summaries, connections }: Deps): void {
  const newLocals = async (req: Request) => ({
    platforms: await connections.platforms(tenantOf(req).id),
    capacity: await bots.capacity(tenantOf(req).id),
    trades: TRADES,
    replyLanguages: REPLY_LANGUAGES,
  });

  router.get('/', async (req, res) => {
    const { id } = tenantOf(req);
    res.render('bots/index', { bots: await summaries(id), capacity: await bots.capacity(id) });
  });

  router.get('/new', requires('settings'), async (req, res) => {
    res.render('bots/new', {
      ...(await newLocals(req)),
      form: { platform: CHANNEL_KINDS[0], language: res.locals['language'] },
      errors: {},
    });
  });

  router.post('/', requires('settings'), parseForm(newBotForm, 'bots/new', newLocals), async (req, res) => {
    const bot = await bots.create(actorOf(req), res.locals.form);
    if (bot.preset) return void res.redirect(303, `/bots/${bot.id}/setup`);
    flash(req, 'success', bot.connected ? 'bots.create.connected' : 'bots.create.done', { name: bot.name });
    res.redirect(303, `/bots/${bot.id}`);
  });
}

function addPage(router: Router, { bots, botPage, connectionsRepo }: Deps): void {
  const showLocals = async (req: Request, res: Response) => ({
    ...(await botPage(tenantOf(req).id, botOf(res).id)),
    formFor: 'settings',
  });

  router.get('/:id', async (req, res) => {
    res.render('bots/show', { ...(await showLocals(req, res)), form: botOf(res), errors: {} });
  });

  router.post('/:id', requires('settings'), parseForm(botForm, 'bots/show', showLocals), async (req, res) => {
    const { id } = botOf(res);
    await bots.update(actorOf(req), id, res.locals.form);
    flash(req, 'success', 'bots.settings.saved');
    res.redirect(303, `/bots/${id}`);
  });

  router.get('/:id/status', async (req, res) => {
    const connections = await connectionsRepo.listOfBot(tenantOf(req).id, botOf(res).id);
    res.json({ version: versionOf(connections), waiting: connections.some(isWaiting) });
  });
}

const isWaiting = ({
  enabled,
  state,
  firstMessageAt,
}: {
  enabled: boolean;
  state: string;
  firstMessageAt: Date | null;
}): boolean => enabled && (state === 'PENDING' || firstMessageAt === null);

function addActs(router: Router, { bots, botPage }: Deps): void {
  const showLocals = (formFor: string) => async (req: Request, res: Response) => ({
    ...(await botPage(tenantOf(req).id, botOf(res).id)),
    formFor,
  });
  for (const [act, enabled] of [
    ['start', true],
    ['stop', false],
  ] as const) {
    router.post(`/:id/${act}`, requires('settings'), parseForm(emptyForm, 'bots/show', showLocals(act)), async (req, res) => {
      const { id } = botOf(res);
      const count = await bots.setEnabled(actorOf(req), id, enabled);
      flash(req, count === 0 ? 'info' : 'success', count === 0 ? 'bots.acts.nothing_connected' : `bots.acts.${act}`);
      res.redirect(303, `/bots/${id}`);
    });
  }

  router.post('/:id/delete', requires('delete'), parseForm(deleteForm, 'bots/show', showLocals('delete')), async (req, res) => {
    const bot = botOf(res);
    await bots.remove(actorOf(req), bot, res.locals.form);
    flash(req, 'success', 'bots.delete.done', { name: bot.name });
    res.redirect(303, '/bots');
  });
}
