import { z } from 'zod';
import { type BusinessFacts, PAYMENT_METHODS } from '#core/business-facts.ts';

const text = z.string();
const hours = z.array(z.object({ from: z.int().min(0).max(1440), to: z.int().min(0).max(2880) }));

const storedFacts: z.ZodType<BusinessFacts> = z.object({
  hours: z.array(hours).length(7).nullable(),
  exceptions: z.array(z.object({ from: z.iso.date(), to: z.iso.date(), hours, note: text })),
  addresses: z.array(z.object({ text, link: text, note: text })),
  phones: z.array(z.object({ text, note: text })),
  payment: z.object({ methods: z.array(z.enum(PAYMENT_METHODS)), other: text }),
  delivery: z.object({ offered: z.boolean().nullable(), price: text, freeFrom: text, area: text, time: text }),
  other: text,
});

/** Null for what this version cannot read. */
export const readStoredFacts = (stored: unknown): BusinessFacts | null => storedFacts.safeParse(stored).data ?? null;
