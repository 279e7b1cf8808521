/** The live feed for people: one page without scripts, made from the same messages as the AsyncAPI document. */
import { FEED_ADDRESS, FEED_MESSAGES, type FeedMessage } from './asyncapi-document.js';
import { CLOSINGS } from './feed/closings.js';

/** @param document the AsyncAPI document: schemas are shown as they stand in it. */
export function asyncApiPage(document: Readonly<Record<string, unknown>>): string {
  const { schemas } = document.components as { readonly schemas: Record<string, unknown> }; // our own
  const messages = FEED_MESSAGES.map((message) => messageSection(message, schemas[message.name]));
  const closings = CLOSINGS.map(
    ({ closing, when }) =>
      `<tr><td>${closing.code}</td><td><code>${escaped(closing.reason)}</code></td><td>${escaped(when)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Holdfast live feed</title>
<style>${STYLE}</style>
</head>
<body>
<p><a href="/docs">HTTP API</a> · <a href="/asyncapi.json">asyncapi.json</a></p>
<h1>Live feed</h1>
<p><code>WS ${escaped(FEED_ADDRESS)}</code>, with <code>?cursor=</code> to come back where one was: text frames of JSON.</p>
${messages.join('\n')}
<h2>Close codes</h2>
<table><tr><th>Code</th><th>Reason</th><th>When</th></tr>${closings.join('')}</table>
</body>
</html>
`;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
pre{background:#f4f4f4;padding:.75rem;overflow:auto}code{font-size:.9em}td,th{text-align:left;padding:.2rem .8rem .2rem 0}`;

const DIRECTION = { server: 'server → client', client: 'client → server' } as const;

function messageSection({ name, from, summary, example }: FeedMessage, schema: unknown): string {
  return `<h2 id="${name}"><code>${name.toLowerCase()}</code> <small>${DIRECTION[from]}</small></h2>
<p>${escaped(summary)}</p>
<pre>${escaped(JSON.stringify(example))}</pre>
<details><summary>Schema</summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}
