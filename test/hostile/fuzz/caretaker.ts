/**
 * Undoes what fuzzing has rightly done: events that it made are deleted, the one that it needs is as it was. What memory is
 * held after that is held by mistake.
 */
import type { EventBody, PageBody } from '../../support/api-bodies.js';

const DEFAULT_EVENT = {
  id: 'default',
  name: 'Default',
  sections: [{ name: 'S', rows: [...'ABCDEFGHIJ'].map((name) => ({ name, seats: 10 })) }],
};
const MENDED = { status: 'on_sale', maxSeatsPerUser: null, preventOrphans: false, holdSeconds: 2 };

/** @param keep the id of an event that is somebody else's */
export async function tidyUp(url: string, keep: string): Promise<void> {
  const page = await ask(`${url}/v1/events?limit=1000`, 'GET');
  const events = ((await page.json()) as PageBody<EventBody>).data;
  for (const { id } of events) {
    if (id === keep || id === DEFAULT_EVENT.id) continue;
    await drop(await ask(`${url}/v1/events/${encodeURIComponent(id)}?force=true`, 'DELETE'));
  }
  if (events.every(({ id }) => id !== DEFAULT_EVENT.id)) {
    await drop(await ask(`${url}/v1/events`, 'POST', DEFAULT_EVENT));
  }
  await drop(await ask(`${url}/v1/events/${DEFAULT_EVENT.id}`, 'PATCH', MENDED));
}

function ask(url: string, method: string, body?: object): Promise<Response> {
  const posted = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return fetch(url, { method, ...(body === undefined ? {} : posted) });
}

/** Throws where it is an answer of failure; one that it is gone already is none. */
async function drop(response: Response): Promise<void> {
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${response.url}: ${response.status} ${text}`);
}
