import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import type { ConversationsService } from '#features/conversations/feature.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { tenantOf } from '#web/guards.ts';
import { fieldForm, findQuery, languageForm, optOutForm, whoForm } from './customers.schema.ts';
import type { CardConversation, Customers } from './customers.service.ts';

interface Deps {
  customers: Customers;
  conversations: ConversationsService;
  loadBot: RequestParamHandler;
}

const FIND = 'customers/find';
const REFUSED = 'inbox/refused';
const AT = '/:id/conversations/:conversationId';

/** The customer card of a conversation. */
export function customersRoutes({ customers, conversations, loadBot }: Deps): Router {
  const router = Router();
  const conversationOf = (res: Response): CardConversation => res.locals['conversation'];
  const pathOf = (res: Response): string => `/bots/${res.locals['bot'].id}/conversations/${conversationOf(res).id}`;
  router.param('id', loadBot);
  // A missing or foreign conversation is 404 before its form is checked.
  router.param('conversationId', async (req, res, next, id: unknown) => {
    res.locals['conversation'] = await conversations.find(tenantOf(req).id, res.locals['bot'].id, id);
    next();
  });
  const refused = (_req: Request, res: Response) => ({ back: pathOf(res) });

  const findLocals = async (req: Request, res: Response) => {
    const query = findQuery.parse(req.query);
    return { back: pathOf(res), query, found: await customers.find(tenantOf(req).id, conversationOf(res), query.q) };
  };
  router.get(`${AT}/join`, async (req, res) => {
    res.render(FIND, { ...(await findLocals(req, res)), form: {}, errors: {} });
  });

  router.post(`${AT}/join`, parseForm(whoForm, FIND, findLocals), async (req, res) => {
    await customers.join(actorOf(req), conversationOf(res), res.locals.form.customerId);
    flash(req, 'success', 'customers.join.done');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/part`, parseForm(whoForm, REFUSED, refused), async (req, res) => {
    await customers.part(actorOf(req), conversationOf(res), res.locals.form.customerId);
    flash(req, 'success', 'customers.part.done');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/fields`, parseForm(fieldForm, REFUSED, refused), async (req, res) => {
    await customers.putField(actorOf(req), conversationOf(res), res.locals.form);
    flash(req, 'success', 'customers.field.done');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/opt-out`, parseForm(optOutForm, REFUSED, refused), async (req, res) => {
    const { customerId, out } = res.locals.form;
    await customers.setOptOut(actorOf(req), conversationOf(res), { customerId, out });
    flash(req, 'success', out ? 'customers.opt_out.done' : 'customers.opt_out.undone');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/language`, parseForm(languageForm, REFUSED, refused), async (req, res) => {
    await customers.setLanguage(actorOf(req), conversationOf(res), res.locals.form.language);
    flash(req, 'success', 'customers.language.done');
    res.redirect(303, pathOf(res));
  });
  return router;
}
