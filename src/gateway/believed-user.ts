import { type UserId, userId } from '../domain/ids.js';
import type { RequestContext } from './route.js';

/**
 * Who the request is from. Without tokens the request's own word is believed (API §6); where a
 * token was checked, its subject goes before.
 *
 * @param claimed what the body says, through its schema.
 */
export function believedUser(context: Pick<RequestContext, 'subject'>, claimed: string): UserId {
  return context.subject ?? userId(claimed);
}
