/** How the tests of a contract speak to the built server; every answer is held to what the contract's routes document. */
import { contractRoutes } from '../../../src/gateway/contracts/contract-routes.js';
import type { OperationResponse, Route } from '../../../src/gateway/route.js';
import { startServer, type TestServer } from '../../support/server.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly json: any;
}

export interface Ask {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class ContractClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask('GET', path, { headers });
  }

  /** Without `body` there is none. */
  post(
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    return this.ask('POST', path, { body, headers });
  }

  /** Throws where a contract's answer is none that it documents. */
  async ask(method: string, path: string, { body, raw, headers = {} }: Ask = {}): Promise<Reply> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...type, ...headers },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    const reply = { status: response.status, headers: response.headers, text, json };
    const fault = documentationFault(method, path, reply);
    if (fault !== undefined) throw new Error(`${method} ${path}: ${fault}\n${text}`);
    return reply;
  }
}

/** A server of the caller's own, who stops it. */
export async function startContractServer(
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: TestServer; readonly client: ContractClient }> {
  const server = await startServer({ env });
  return { server, client: new ContractClient(server.url) };
}

/** What is not as it is documented; undefined: nothing, or it is no contract's route. */
export function documentationFault(
  method: string,
  path: string,
  { status, json }: Pick<Reply, 'status' | 'json'>,
): string | undefined {
  const route = contractRoutes.find((one) => one.method === method && isAt(one.path, path));
  if (route === undefined || status === 304) return undefined;
  const response =
    route.operation.responses[status] ?? (status < 400 ? undefined : anyError(route));
  if (response === undefined) return `the status ${status} is not documented`;
  const schema = response.content?.['application/json'];
  const result = schema?.safeParse(json);
  return result?.success === false ? result.error.message : undefined;
}

/** What may befall any request (413, 429, 503, …) is not listed, but it has the contract's one shape. */
function anyError({ operation: { responses } }: Route): OperationResponse | undefined {
  const error = Object.entries(responses).find(([status]) => Number(status) >= 400);
  return error?.[1];
}

function isAt(pattern: string, path: string): boolean {
  const [bare = ''] = path.split('?');
  return new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(bare);
}
