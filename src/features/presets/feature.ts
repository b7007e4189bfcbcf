import type { RequestParamHandler } from 'express';
import type { FactsApi } from '#features/facts/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createPresetsQueries } from './presets.queries.ts';
import { setupRoutes } from './setup.routes.ts';
import { createSetupService, type KeepsGolden } from './setup.service.ts';

export { presetName, readPreset } from './read-preset.ts';
export { TRADES, type Trade } from './trades.ts';

interface Needs {
  knowledge: KnowledgeApi;
  facts: FactsApi;
  quality: KeepsGolden;
  loadBot: RequestParamHandler;
}

/** Presets: what a bot of a trade begins with, and the step in which its owner fills it in. */
export function presetsFeature({ database }: Foundation, { knowledge, facts, quality, loadBot }: Needs) {
  const presets = createPresetsQueries({ database });
  const setup = createSetupService({ presets, entries: knowledge.entries, facts, quality });
  return { routes: setupRoutes({ setup, loadBot }) };
}
