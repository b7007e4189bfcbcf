import type { RequestParamHandler } from 'express';
import type { ConversationsApi } from '#features/conversations/feature.ts';
import { setConversationLanguage, setOptOut } from '#pipeline/conversation-marks.ts';
import type { Foundation } from '../../foundation.ts';
import { createCustomersQueries } from './customers.queries.ts';
import { customersRoutes } from './customers.routes.ts';
import { createCustomers } from './customers.service.ts';
import { createFieldsQueries } from './fields.queries.ts';

/** Who a customer is: on every channel, and what the business wrote down. */
export function customersFeature(
  { database, audit }: Foundation,
  { conversations, loadBot }: { conversations: ConversationsApi; loadBot: RequestParamHandler },
) {
  const customers = createCustomers({
    customers: createCustomersQueries({ database }),
    fields: createFieldsQueries({ database }),
    setLanguage: (of) => setConversationLanguage(database.sql, of),
    setOptOut: (of) => setOptOut(database.sql, of),
    audit,
  });
  return {
    botRoutes: customersRoutes({ customers, conversations: conversations.conversations, loadBot }),
    api: customers,
  };
}

export type CustomersApi = ReturnType<typeof customersFeature>['api'];
