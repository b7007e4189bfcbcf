import { CHANNEL_KINDS } from '#channels/channels.ts';
import type { Foundation } from '../../foundation.ts';
import { pagesRoutes } from './pages.routes.ts';

export { siteOf } from './site.ts';

export function pagesFeature({ env, database, channels }: Foundation) {
  return {
    routes: pagesRoutes({
      saveLanguage: async (id, language) => {
        await database.prisma.user.updateMany({ where: { id }, data: { language } });
      },
      readyChannels: CHANNEL_KINDS.filter((kind) => channels[kind]),
      publicUrl: env.PUBLIC_URL,
    }),
  };
}
