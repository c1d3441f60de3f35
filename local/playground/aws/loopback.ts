/** HTTP servers that only this machine can reach, and no web page from elsewhere through its browser. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The port is taken, or the system does not let us have it. */
class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
}

/**
 * Serves on 127.0.0.1.
 *
 * @param port 0 for any that is free.
 * @throws PortUnavailable
 */
export function serveOnLoopback(port: number, handle: RequestListener): Promise<LoopbackServer> {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      if (isTrusted(request)) return handle(request, response);
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end('Only pages and programs of this machine.\n');
    });
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? `port ${port} is in use` : message;
      reject(new PortUnavailable(`${reason}; choose another with --port`));
    });
    server.listen(port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ url: `http://127.0.0.1:${port}`, port, close });
    });
  });
}

/**
 * A name of this machine as Host defeats DNS rebinding; the Origin and Sec-Fetch-Site that browsers add tell the pages
 * of other sites from ours, from where a link may still lead here. Programs send neither.
 */
function isTrusted({ headers, method }: IncomingMessage): boolean {
  const { host = '', origin = `http://${host}`, 'sec-fetch-site': site = 'none' } = headers;
  const isOurs = origin === `http://${host}` && ['none', 'same-origin'].includes(String(site));
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) && (isOurs || isLink);
}
