import type { Metrics } from '#platform/metrics.ts';
import { foreign } from '#platform/own-time.ts';

type Answer = { ok: true } | { ok: false; reason: string };

export function meterAi<Question, Result extends Answer>(
  ai: { configured: boolean; answer(question: Question): Promise<Result> },
  metrics: Metrics,
) {
  return {
    configured: ai.configured,
    async answer(question: Question): Promise<Result> {
      const { result, tookMs } = await foreign(() => ai.answer(question));
      if (ai.configured) metrics.aiTime(tookMs, result.ok ? 'ok' : result.reason);
      return result;
    },
  };
}
