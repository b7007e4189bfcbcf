import { type Request, Router } from 'express';
import { RECEIPT_TYPES } from '#core/file-kind.ts';
import type { PasswordConfirmation } from '#features/auth/feature.ts';
import type { Upgrades } from '#features/billing/feature.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { refuseForm, upgradesQuery } from './admin.schema.ts';
import { adminOf } from './people.routes.ts';

interface Deps {
  upgrades: Upgrades;
  confirmed: PasswordConfirmation['confirmed'];
}

export function upgradesRoutes({ upgrades, confirmed }: Deps): Router {
  const router = Router();
  const upgradesPage = ({ query }: Pick<Request, 'query'>) => upgrades.page(upgradesQuery.parse(query));

  router.get('/', async (req, res) => {
    res.render('admin/upgrades', await upgradesPage(req));
  });

  // A browser saves the file and runs nothing of it.
  router.get('/:upgradeId/receipt', async (req, res) => {
    const { receipt, receiptType } = await upgrades.receipt(req.params.upgradeId);
    res.attachment(`receipt-${req.params.upgradeId}.${RECEIPT_TYPES[receiptType]}`);
    res.set({ 'Content-Type': receiptType, 'Content-Security-Policy': "default-src 'none'; sandbox" }).send(receipt);
  });

  router.post('/:upgradeId/approve', parseForm(emptyForm, 'admin/upgrades', upgradesPage), confirmed(), async (req, res) => {
    await upgrades.decide(adminOf(req), req.params.upgradeId, { state: 'approved', reason: '' });
    flash(req, 'success', 'admin.upgrades.done.approved');
    res.redirect(303, '/admin/upgrades');
  });

  router.post('/:upgradeId/refuse', parseForm(refuseForm, 'admin/upgrades', upgradesPage), async (req, res) => {
    await upgrades.decide(adminOf(req), req.params.upgradeId, { state: 'refused', reason: res.locals.form.reason });
    flash(req, 'success', 'admin.upgrades.done.refused');
    res.redirect(303, '/admin/upgrades');
  });
  return router;
}
