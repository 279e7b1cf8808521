/**
 * What is answered where no route is: 404, 405 with `Allow`, and OPTIONS on any path that exists.
 */
import { emptyAnswer } from './answer.js';
import type { Cors } from './cors.js';
import { Problem } from './problem.js';
import { type Route, route } from './route.js';

/** @param routes every route that is served. */
export function unmatchedRoute(routes: readonly Route[], cors: Cors): Route {
  const patterns = routes.map(({ method, path }) => ({ method, segments: path.split('/') }));
  const methodsAt = (path: string): string => {
    const segments = path.split('/');
    const found = patterns.filter((pattern) => matches(pattern.segments, segments));
    return allowOf(new Set(found.map(({ method }) => method)));
  };
  return route({
    method: 'GET',
    path: '(unmatched)',
    operation: { summary: 'What no route matches', tags: [], responses: {} },
    handle: ({ method, path, headers }) => {
      const allow = methodsAt(path);
      if (allow === '') return new Problem('route_not_found', `There is nothing at ${path}.`);
      if (method === 'OPTIONS') {
        return emptyAnswer(204, { Allow: allow, ...cors.preflightHeaders(headers, allow) });
      }
      return new Problem('method_not_allowed', `Here it is ${allow}.`, {
        headers: { Allow: allow },
      });
    },
  });
}

/** As uWebSockets' router has it: a parameter is one segment that is not empty. */
function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) =>
      part.startsWith(':') ? segments[index] !== '' : part === segments[index],
    )
  );
}

/** `GET, HEAD, POST, OPTIONS`; empty for none. */
function allowOf(methods: Set<string>): string {
  if (methods.size === 0) return '';
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
}
