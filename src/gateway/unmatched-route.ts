/**
 * What is answered where no route is: 404, 405 with `Allow`, and OPTIONS on any path that exists.
 */
import { emptyAnswer } from './answer.js';
import type { Cors } from './cors.js';
import { Problem, problemAnswer } from './problem.js';
import { type Route, route } from './route.js';

/** @param routes every route that is served. */
export function unmatchedRoute(routes: readonly Route[], cors: Cors): Route {
  const patterns = routes.map((served) => ({ served, segments: served.path.split('/') }));
  const routesAt = (path: string): Route[] => {
    const segments = path.split('/');
    return patterns.filter((one) => matches(one.segments, segments)).map(({ served }) => served);
  };
  return route({
    method: 'GET',
    path: '(unmatched)',
    operation: { summary: 'What no route matches', tags: [], responses: {} },
    handle: ({ method, path, headers }) => {
      const allow = allowOf(new Set(routesAt(path).map((served) => served.method)));
      if (allow === '') return new Problem('route_not_found', `There is nothing at ${path}.`);
      if (method === 'OPTIONS') {
        return emptyAnswer(204, { Allow: allow, ...cors.preflightHeaders(headers, allow) });
      }
      return new Problem('method_not_allowed', `Here it is ${allow}.`, {
        headers: { Allow: allow },
      });
    },
    // A wrong method on a path of a contract is refused in that contract's own words.
    failure: (problem, context) => {
      const own = routesAt(context.path).find(({ failure }) => failure !== undefined);
      return own?.failure?.(problem, context) ?? problemAnswer(problem, context.requestId);
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
