/** Asks the system for a port before the gateways share it: uWebSockets.js would join another server's port unasked. */
import { createServer } from 'node:net';
import { ServerFault } from '../lib/server-fault.js';

/**
 * Binds the port alone and lets it go again.
 *
 * @param port 0: any free one
 * @returns the port that was free
 * @throws ServerFault `port_in_use` naming the port, `config_invalid` where the address is not this machine's
 */
export async function probePort(host: string, port: number): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw faultOf(host, port, cause);
  }
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : port;
}

function faultOf(host: string, port: number, cause: unknown): ServerFault {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ServerFault(`port ${port} on ${host} is in use`, {
      code: 'port_in_use',
      hint: 'Stop the other server, or choose another port with HOLDFAST_PORT.',
      cause,
    });
  }
  return new ServerFault(`cannot listen on ${host} port ${port}: ${String(code ?? cause)}`, {
    code: 'config_invalid',
    hint: 'Choose an address of this machine with HOLDFAST_HOST, and a port with HOLDFAST_PORT.',
    cause,
  });
}
