import type { Language } from '#core/languages.ts';
import type { Env } from '../../env.ts';

type PaymentEnv = Pick<Env, 'PAYMENT_DETAILS_EN' | 'PAYMENT_DETAILS_RU' | 'PAYMENT_DETAILS_UZ' | 'PAYMENT_URL'>;

/** How plans are paid on this installation; `address` is without its https://. Details in another language are better than none. */
export function createPayment(env: PaymentEnv) {
  const details = { uz: env.PAYMENT_DETAILS_UZ, ru: env.PAYMENT_DETAILS_RU, en: env.PAYMENT_DETAILS_EN };
  const address = env.PAYMENT_URL?.replace(/^https:\/\//i, '') ?? null;
  const any = Object.values(details).find(Boolean) ?? null;
  return (language: Language) => ({ details: details[language] ?? any, address });
}

export type Payment = ReturnType<typeof createPayment>;
