/**
 * Turns what a client sent into what a handler may see, or into a problem that names every bad
 * field.
 */
import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { glanceOf } from './glance.js';
import { Problem, type ProblemIssue } from './problem.js';
import type { RequestHeaders } from './request-headers.js';

/** A checked value, boxed: it may be undefined itself. */
export interface Checked<T> {
  readonly value: T;
}

/** More are left out: a large body could have a million. */
const ISSUE_COUNT_MAX = 1_000;

/** @param place where the value was, for the issues. */
export function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  place: ProblemIssue['in'],
): Checked<T> | Problem {
  const seen = glanceOf(schema, value);
  if (seen !== undefined) return { value: seen as T }; // what the schema would give
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return invalidRequest(issuesOf(result.error.issues, place));
}

/** The path's parameters through their schema; no schema: they are not looked at. */
export function checkedParams(
  schema: z.ZodType | undefined,
  names: readonly string[],
  sent: readonly string[],
): Checked<unknown> | Problem {
  if (schema === undefined) return NOTHING;
  const params = parsedParams(names, sent);
  return params instanceof Problem ? params : checked(schema, params, 'path');
}

/** The query string's parameters through their schema; no schema: they are not looked at. */
export function checkedQuery(
  schema: z.ZodType | undefined,
  search: string,
): Checked<unknown> | Problem {
  if (schema === undefined) return NOTHING;
  const query = parsedQuery(search);
  return query instanceof Problem ? query : checked(schema, query, 'query');
}

/** The JSON of a body through its schema; no schema: the body is not looked at. */
export function checkedBody(
  schema: z.ZodType | undefined,
  bytes: Buffer,
): Checked<unknown> | Problem {
  if (schema === undefined) return NOTHING;
  const body = parsedJson(bytes);
  return body instanceof Problem ? body : checked(schema, body.value, 'body');
}

const NOTHING: Checked<unknown> = { value: undefined };

/** 400 for fields that are bad, whoever found out. */
export function invalidRequest(issues: readonly ProblemIssue[]): Problem {
  const [first] = issues;
  const where = first === undefined || first.path === '' ? 'the request' : first.path;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const detail = `In ${where}: ${first?.message ?? 'not valid'}${more}.`;
  return new Problem('invalid_request', detail, { issues: issues.slice(0, ISSUE_COUNT_MAX) });
}

/** Keys and indexes joined by dots, as `ProblemIssue.path` has them. */
export function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

type ZodIssue = z.core.$ZodIssue;

function issuesOf(
  issues: readonly ZodIssue[],
  place: ProblemIssue['in'],
  above: readonly PropertyKey[] = [],
): ProblemIssue[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union') {
      const nearest = [...issue.errors].sort((a, b) => distance(a) - distance(b))[0];
      if (nearest !== undefined && nearest.length > 0) return issuesOf(nearest, place, path);
    }
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        in: place,
        path: dotted([...path, key]),
        message: 'is not known here',
      }));
    }
    return [{ in: place, path: dotted(path), message: issue.message }];
  });
}

/**
 * How far a value is from one of the forms that it may have: another type altogether is farthest.
 */
function distance(issues: readonly ZodIssue[]): number {
  const isOtherType = issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  return isOtherType ? Number.MAX_SAFE_INTEGER : issues.length;
}

/**
 * The type of JSON, with or without parameters; the only charset that JSON has is UTF-8 (RFC 8259
 * §8.1).
 */
const JSON_CONTENT_TYPE = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** 415, unless the body is said to be JSON, as it is: no compression is undone here. */
export function mediaTypeProblem(headers: RequestHeaders): Problem | undefined {
  const coding = headers.get('content-encoding');
  if (coding !== undefined && coding !== '' && coding.toLowerCase() !== 'identity') {
    return new Problem('unsupported_media_type', 'Send the body without a Content-Encoding.', {
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
  const type = headers.get('content-type') ?? '';
  if (type === 'application/json') return undefined;
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  if (JSON_CONTENT_TYPE.test(type) && charset === 'utf-8') return undefined;
  return new Problem(
    'unsupported_media_type',
    'Send the body as `Content-Type: application/json`.',
    {
      headers: { 'Accept-Post': 'application/json' },
    },
  );
}

/** What bytes that are no UTF-8 are decoded to. */
const REPLACEMENT = '\ufffd';

/** The value of a body of JSON; an empty body is undefined. */
export function parsedJson(bytes: Buffer): Checked<unknown> | Problem {
  if (bytes.length === 0) return NOTHING;
  const text = bytes.toString('utf8');
  if (text.includes(REPLACEMENT) && !isUtf8(bytes)) {
    return new Problem('malformed_json', 'The body is not UTF-8.');
  }
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    // SyntaxError is how JSON.parse says no; its message says where.
    if (cause instanceof SyntaxError) return new Problem('malformed_json', cause.message);
    throw cause;
  }
}

/** Each parameter of a query string; undefined where it is not well-formed or names one twice. */
export function parsedQuery(search: string): Record<string, string> | Problem {
  const query: Record<string, string> = {};
  if (search === '') return query;
  for (const pair of search.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded((equals === -1 ? pair : pair.slice(0, equals)).replaceAll('+', ' '));
    const value = decoded((equals === -1 ? '' : pair.slice(equals + 1)).replaceAll('+', ' '));
    if (name === undefined || value === undefined) {
      return invalidRequest([
        { in: 'query', path: name ?? '', message: 'is not percent-encoded UTF-8' },
      ]);
    }
    if (Object.hasOwn(query, name)) {
      return invalidRequest([{ in: 'query', path: name, message: 'must be given once' }]);
    }
    // Not by assignment: `__proto__` is a name like any other.
    Object.defineProperty(query, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return query;
}

/** The path's parameters by name. */
export function parsedParams(
  names: readonly string[],
  values: readonly string[],
): Record<string, string> | Problem {
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = decoded(values[index] ?? '');
    if (value === undefined) {
      return invalidRequest([{ in: 'path', path: name, message: 'is not percent-encoded UTF-8' }]);
    }
    params[name] = value;
  }
  return params;
}

const ENCODED = /[^\x21-\x7e]|%/;
const NOT_ASCII = /[^\x20-\x7e]/;

/** undefined: a stray `%`, bytes that are no UTF-8, or characters that a URL cannot have. */
function decoded(text: string): string | undefined {
  if (!ENCODED.test(text)) return text;
  if (NOT_ASCII.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (cause instanceof URIError) return undefined;
    throw cause;
  }
}
