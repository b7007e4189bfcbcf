import { type Request, Router } from 'express';
import { CHANNELS } from '#channels/registry.ts';
import { isLanguage, type Language } from '#core/languages.ts';
import type { ChannelKind } from '#core/message.ts';
import { PLAN_NAMES, PLANS } from '#core/plans.ts';
import { rememberLanguage } from '#web/locale.ts';
import { safeReturnTo } from '#web/return-to.ts';

export interface PagesDeps {
  saveLanguage: (userId: string, language: Language) => Promise<void>;
  /** The landing page announces the other channels. */
  readyChannels: readonly ChannelKind[];
  publicUrl: string | undefined;
}

/** The documents and their sections, in order. */
const LEGAL = {
  privacy: ['who', 'stored', 'where', 'ai', 'howLong', 'readers', 'erase'],
  terms: ['service', 'account', 'ai', 'rules', 'plan', 'outages', 'leave'],
};

export function pagesRoutes({ saveLanguage, readyChannels, publicUrl }: PagesDeps): Router {
  const router = Router();
  const plans = PLAN_NAMES.map((name) => PLANS[name]);
  const channels = CHANNELS.map(({ kind, name, icon }) => ({ kind, name, icon, ready: readyChannels.includes(kind) }));

  router.get('/', (req, res) => {
    res.render('pages/landing', { plans, channels, origin: publicUrl ?? ownOrigin(req) });
  });

  for (const [document, parts] of Object.entries(LEGAL)) {
    router.get(`/${document}`, (_req, res) => {
      res.render('pages/legal', { document, parts });
    });
  }

  router.post('/language', async (req, res) => {
    const { language, returnTo } = languageForm(req);
    if (language) {
      rememberLanguage(req, res, language);
      if (req.user) await saveLanguage(req.user.user.id, language);
    }
    res.redirect(303, returnTo);
  });

  return router;
}

/** An unknown language changes nothing. */
function languageForm(req: Request): { language: Language | null; returnTo: string } {
  const { language, returnTo } = req.body as Record<string, unknown>;
  return { language: isLanguage(language) ? language : null, returnTo: safeReturnTo(returnTo, '/') };
}

const ownOrigin = (req: Request): string => `${req.protocol}://${req.get('host') ?? 'localhost'}`;
