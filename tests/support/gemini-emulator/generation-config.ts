// What the API refuses in a generationConfig. Sources: ai.google.dev/api/generate-content#GenerationConfig,
// /api/caching#Schema (seen 2026-11); wordings from simonw/llm-gemini#49 and googleapis/js-genai#708.
import type { GenerateContentBody } from './protocol.ts';

const CONFIG_FIELDS = new Set(
  `stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens temperature topP
   topK seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig
   imageConfig mediaResolution`.split(/\s+/),
);
const MOST_OUTPUT_TOKENS = 65_536;
const MIME_TYPES = new Set(['text/plain', 'application/json', 'text/x.enum']);
const LEVELS = new Set(['minimal', 'low', 'medium', 'high']);
const SCHEMA_FIELDS = new Set(
  `type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength
   pattern example anyOf propertyOrdering default items minimum maximum`.split(/\s+/),
);
const TYPES = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']);

/** Why the API answers 400; null when it accepts the configuration. */
export function configRefusal(model: string, { generationConfig = {}, tools }: GenerateContentBody): string | null {
  const unknown = Object.keys(generationConfig).find((field) => !CONFIG_FIELDS.has(field));
  if (unknown) return unknownName(unknown, 'generation_config');
  const { responseMimeType: mime, responseSchema: schema, maxOutputTokens } = generationConfig;
  if (maxOutputTokens !== undefined && !(Number.isInteger(maxOutputTokens) && Number(maxOutputTokens) > 0))
    return 'max_output_tokens must be positive.';
  if (Number(maxOutputTokens ?? 1) > MOST_OUTPUT_TOKENS) return `max_output_tokens must be at most ${MOST_OUTPUT_TOKENS}.`;
  if (mime !== undefined && !MIME_TYPES.has(String(mime))) return `Unsupported response mime type: '${mime}'`;
  if (schema !== undefined && (mime === undefined || mime === 'text/plain'))
    return "Setting 'response_schema' is only supported with a response mime type: 'application/json' or 'text/x.enum'";
  if (mime === 'application/json' && tools) return "Tool use with a response mime type: 'application/json' is unsupported";
  return (
    thinkingRefusal(model, generationConfig.thinkingConfig) ??
    (schema === undefined ? null : schemaRefusal(schema, 'response_schema'))
  );
}

/** `minimal` is for flash-lite alone; generation 2 has no levels (thedaviddias/kiss-translator#1048). */
function thinkingRefusal(model: string, config: { thinkingLevel?: string; thinkingBudget?: number } | undefined): string | null {
  if (!config) return null;
  if (config.thinkingLevel !== undefined && config.thinkingBudget !== undefined)
    return 'You can only set one of thinking budget and thinking level.';
  const level = config.thinkingLevel ?? '';
  const generation = Number(/^gemini-(\d+)/.exec(model)?.[1] ?? 0);
  const supported = LEVELS.has(level) && generation >= 3 && (level !== 'minimal' || model.includes('flash-lite'));
  return supported ? null : `Thinking level ${level.toUpperCase()} is not supported for this model.`;
}

function schemaRefusal(schema: unknown, path: string): string | null {
  const at = `GenerateContentRequest.generation_config.${path}`;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return `Invalid value at 'generation_config.${path}'`;
  const { type, properties, required, propertyOrdering, items, enum: values } = schema as Record<string, unknown>;
  const unknown = Object.keys(schema).find((field) => !SCHEMA_FIELDS.has(field));
  if (unknown) return unknownName(unknown, `generation_config.${path}`);
  if (typeof type !== 'string' || !TYPES.has(type.toUpperCase()))
    return `Invalid value at 'generation_config.${path}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), "${type}"`;
  const kind = type.toUpperCase();
  if (values !== undefined && (kind !== 'STRING' || !isStrings(values))) return `${at}.enum: only allowed for STRING type`;
  if (kind === 'ARRAY') return items === undefined ? `${at}.items: missing field` : schemaRefusal(items, `${path}.items`);
  if (kind !== 'OBJECT') return null;
  const fields = Object.entries((properties ?? {}) as Record<string, unknown>);
  if (fields.length === 0) return `${at}.properties: should be non-empty for OBJECT type`;
  for (const list of [required, propertyOrdering])
    for (const name of (list ?? []) as string[])
      if (!fields.some(([known]) => known === name)) return `${at}.required[0]: property is not defined`;
  return (
    fields.map(([name, field]) => schemaRefusal(field, `${path}.properties[${name}]`)).find((refusal) => refusal !== null) ?? null
  );
}

const isStrings = (list: unknown): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((value) => typeof value === 'string' && value !== '');
const unknownName = (name: string, path: string): string =>
  `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`;
