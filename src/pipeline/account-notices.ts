import type { AccountEvents, AccountNotice } from '#core/inbound-event.ts';
import type { Logger } from '#platform/logger.ts';
import type { ParentedConnection } from './webhook-connections.repo.ts';

export interface AccountWarnings {
  accountWarning(
    warning: { tenantId: string; botName: string; botId: string } & Omit<AccountNotice, 'kind' | 'number'>,
  ): Promise<unknown>;
}

interface Deps {
  notices: AccountWarnings;
  logger: Logger;
}

const noticesIn = (accounts: readonly AccountEvents[]): { parentAccountId: string; notice: AccountNotice }[] =>
  accounts.flatMap(({ parentAccountId = '', events }) =>
    events.flatMap((event) => (event.kind === 'account_notice' ? [{ parentAccountId, notice: event }] : [])),
  );

export const hasNotices = (accounts: readonly AccountEvents[]): boolean => noticesIn(accounts).length > 0;

/** Tells the owners of the connections what a platform says of their account. A repeated delivery tells nobody twice an hour. */
export function createAccountNotices({ notices, logger }: Deps) {
  return async (accounts: readonly AccountEvents[], connections: readonly ParentedConnection[]): Promise<void> => {
    for (const { parentAccountId, notice } of noticesIn(accounts)) {
      const below = connections.filter((connection) => connection.parentAccountId === parentAccountId);
      const ofNumber = below.filter(({ username }) => notice.number && username?.replace(/\D/g, '') === notice.number);
      for (const { tenantId, botId, botName } of ofNumber.length > 0 ? ofNumber : below) {
        const { kind: _kind, number: _number, ...told } = notice;
        await notices
          .accountWarning({ tenantId, botId, botName, ...told })
          .catch((err: unknown) => logger.warn({ err }, 'the owner was not told what the platform says of their account'));
      }
    }
  };
}

export type TellOfAccounts = ReturnType<typeof createAccountNotices>;
