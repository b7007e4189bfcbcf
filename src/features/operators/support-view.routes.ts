import { Router } from 'express';
import { z } from 'zod';
import type { ConversationsService, MessagesRead } from '#features/conversations/feature.ts';
import { numberCursor } from '#web/paging.ts';
import type { AdminService } from './admin.service.ts';
import { adminOf } from './people.routes.ts';
import type { Support } from './support.service.ts';

export interface SupportViewDeps {
  admin: Pick<AdminService, 'find'>;
  support: Pick<Support, 'require' | 'looked'>;
  conversations: Pick<ConversationsService, 'pageOfAll' | 'findInTenant'>;
  messages: MessagesRead;
}

const pageQuery = z.object({ before: numberCursor });

/** Read-only conversations of a business while its grant is in force. Mounted at /admin/users in admin.routes.ts. */
export function supportViewRoutes({ admin, support, conversations, messages }: SupportViewDeps): Router {
  const router = Router();

  /** 404 without a grant of the owner. */
  async function allowed(id: unknown) {
    const person = await admin.find(id);
    const grant = await support.require(person.tenantId, new Date());
    return { person, grant, tenantId: person.tenantId as string };
  }

  router.get('/:id/conversations', async (req, res) => {
    const { person, grant, tenantId } = await allowed(req.params.id);
    await support.looked(adminOf(req), tenantId, null);
    const page = await conversations.pageOfAll(tenantId, req.query['after']);
    res.render('admin/conversations', { person, grant, ...page });
  });

  router.get('/:id/conversations/:conversationId', async (req, res) => {
    const { person, grant, tenantId } = await allowed(req.params.id);
    const conversation = await conversations.findInTenant(tenantId, req.params.conversationId);
    await support.looked(adminOf(req), tenantId, conversation.id);
    const { before } = pageQuery.parse(req.query);
    res.render('admin/conversation', { person, grant, conversation, ...(await messages(tenantId, conversation.id, before)) });
  });
  return router;
}
