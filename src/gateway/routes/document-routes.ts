/**
 * The OpenAPI document, and its pages for people: Swagger UI from its package, with no request to
 * anywhere else.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { present } from '../../lib/assert.js';
import type { Answer } from '../answer.js';
import { JSON_TYPE } from '../answer.js';
import { asyncApiDocument } from '../asyncapi-document.js';
import { asyncApiPage } from '../asyncapi-page.js';
import { digestedAnswer } from '../conditional-answer.js';
import { openApiDocument } from '../openapi-document.js';
import { Problem } from '../problem.js';
import { type Route, route } from '../route.js';

const TAGS = ['documents'];

/** Swagger UI writes `style` attributes; scripts come from here and nowhere else. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Holdfast API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<p style="font:16px sans-serif;margin:1rem 2rem"><a href="/docs/feed">The live feed (WebSocket)</a></p>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
});
`;

const HTML_TYPE = 'text/html; charset=utf-8';
const SCRIPT_TYPE = 'text/javascript; charset=utf-8';

/**
 * Files of the package that the page needs, with their types; nothing else of the disk can be asked
 * for.
 */
const PACKAGE_FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': SCRIPT_TYPE,
  'favicon-32x32.png': 'image/png',
};

/** @param routes everything that is served, but these. */
export function documentRoutes(routes: readonly Route[]): readonly Route[] {
  const pages = [asyncapi, docsPage, docsFile];
  const openapi: Route = route({
    method: 'GET',
    path: '/openapi.json',
    operation: {
      summary: 'The OpenAPI document',
      tags: TAGS,
      responses: {
        200: { description: 'OpenAPI 3.1', content: { 'application/json': z.looseObject({}) } },
      },
    },
    handle({ headers }) {
      return digestedAnswer(headers, { status: 200, body: document, contentType: JSON_TYPE });
    },
  });
  // Here and not at the first request: a route that cannot be described is found at start.
  const document = JSON.stringify(openApiDocument([...routes, openapi, ...pages]));
  return [openapi, ...pages];
}

const FEED_DOCUMENT = asyncApiDocument();
const FEED_TEXT = JSON.stringify(FEED_DOCUMENT);
const FEED_PAGE = asyncApiPage(FEED_DOCUMENT);

const asyncapi = route({
  method: 'GET',
  path: '/asyncapi.json',
  operation: {
    summary: 'The AsyncAPI document: what goes over the live feed',
    tags: TAGS,
    responses: {
      200: { description: 'AsyncAPI 3.0', content: { 'application/json': z.looseObject({}) } },
    },
  },
  handle: ({ headers }) =>
    digestedAnswer(headers, { status: 200, body: FEED_TEXT, contentType: JSON_TYPE }),
});

const docsPage = route({
  method: 'GET',
  path: '/docs',
  operation: {
    summary: 'The API for people',
    tags: TAGS,
    responses: { 200: { description: 'A page', content: { 'text/html': z.string() } } },
  },
  handle: () => page(PAGE, HTML_TYPE),
});

const docsFile = route({
  method: 'GET',
  path: '/docs/:file',
  params: z.strictObject({ file: z.string().max(64) }),
  operation: {
    summary: 'What the page is made of',
    tags: TAGS,
    responses: { 200: { description: 'A file' } },
    problems: ['route_not_found'],
  },
  async handle({ params: { file } }) {
    if (file === 'start.js') return page(START, SCRIPT_TYPE);
    if (file === 'feed') return page(FEED_PAGE, HTML_TYPE);
    if (!Object.hasOwn(PACKAGE_FILES, file)) {
      return new Problem('route_not_found', `There is nothing at /docs/${file}.`);
    }
    return page(await packageFile(file), present(PACKAGE_FILES[file], 'the type of a file'));
  },
});

function page(body: string | Uint8Array, contentType: string): Answer {
  const headers = { 'Content-Security-Policy': POLICY, 'Cache-Control': 'public, max-age=3600' };
  return { status: 200, body, contentType, headers };
}

const loaded = new Map<string, Promise<Uint8Array>>();

/** Read once; a package that is not there is a broken installation, and the thread dies of it. */
function packageFile(file: string): Promise<Uint8Array> {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const reading = readFile(join(folder, file));
  loaded.set(file, reading);
  return reading;
}
