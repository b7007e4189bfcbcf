// The part of the OpenAPI 3.0 schema object that Gemini accepts as `responseSchema`. Types are upper case, an object needs
// properties, an array needs items, and an unknown field is a 400.
// Source: ai.google.dev/api/caching#Schema and /gemini-api/docs/structured-output (seen 2026-11).
export type ResponseSchema = { description?: string; nullable?: boolean } & (
  | { type: 'STRING'; enum?: readonly string[] }
  | { type: 'BOOLEAN' | 'INTEGER' | 'NUMBER' }
  | { type: 'ARRAY'; items: ResponseSchema; maxItems?: number }
  | {
      type: 'OBJECT';
      properties: Readonly<Record<string, ResponseSchema>>;
      required?: readonly string[];
      propertyOrdering?: readonly string[];
    }
);
