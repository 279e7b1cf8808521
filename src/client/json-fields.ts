/** The fields of a JSON object, none of which is known to be there or what it is. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** undefined: it is no text, no JSON, or no object. */
export function jsonFields(data: unknown): JsonFields | undefined {
  const value = typeof data === 'string' ? parsedJson(data) : undefined;
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? (value as JsonFields) : undefined; // `as`: any field of an object may be looked for
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
