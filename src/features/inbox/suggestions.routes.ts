import { type RequestParamHandler, type Response, Router } from 'express';
import type { ConversationHead, ConversationsService } from '#features/conversations/feature.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { wantsJson } from '#web/wants-json.ts';
import { MAX_NOTE_CHARS } from './inbox.schema.ts';
import type { Suggestions } from './suggestions.service.ts';

interface Deps {
  suggestions: Suggestions;
  conversations: ConversationsService;
  loadBot: RequestParamHandler;
  limits: Limits;
}

/** Each may be a call of the AI. */
const ASKED = { points: 20, durationSeconds: 60 };
const AT = '/:id/conversations/:conversationId/suggestion';

/** What the bot would answer; the page shows it above the composer. */
export function suggestionsRoutes({ suggestions, conversations, loadBot, limits }: Deps): Router {
  const router = Router();
  const asked = limits.limiter('suggestion', ASKED);
  const conversationOf = (res: Response): ConversationHead => res.locals['conversation'];
  const pathOf = (res: Response): string => `/bots/${res.locals['bot'].id}/conversations/${conversationOf(res).id}`;
  router.param('id', loadBot);
  router.param('conversationId', async (req, res, next, id: unknown) => {
    res.locals['conversation'] = await conversations.find(tenantOf(req).id, res.locals['bot'].id, id);
    next();
  });

  router.post(
    AT,
    parseForm(emptyForm, 'inbox/refused', (_req, res) => ({ back: pathOf(res), maxNoteChars: MAX_NOTE_CHARS })),
    async (req, res) => {
      await asked.consume(memberOf(req).user.id);
      const made = await suggestions.ask(tenantOf(req).id, conversationOf(res));
      if (wantsJson(req)) return void res.json({ text: made?.text ?? '' });
      if (!made?.text) flash(req, 'info', 'inbox.suggestion.none');
      res.redirect(303, `${pathOf(res)}#reply`);
    },
  );
  return router;
}
