import type { ResponseSchema } from '#ai/response-schema.ts';
import { ANSWER_STATUSES } from '#core/answer-outcome.ts';

export const ANSWER_SCHEMA: ResponseSchema = {
  type: 'OBJECT',
  properties: {
    answer: { type: 'STRING', description: 'The message to the customer.' },
    status: { type: 'STRING', enum: ANSWER_STATUSES },
    used: { type: 'ARRAY', items: { type: 'STRING' }, description: 'Ids of the entries that the answer rests on.' },
    missing: { type: 'STRING', description: 'The question that could not be answered; empty when there is none.' },
  },
  required: ['answer', 'status', 'used', 'missing'],
  propertyOrdering: ['answer', 'status', 'used', 'missing'],
};
