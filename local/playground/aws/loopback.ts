/** HTTP servers for programs and pages of this machine only; other sites cannot reach them through a browser. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Content-Security-Policy for uploads, which may be HTML or SVG: shown as pictures, never run as pages. */
export const untrustedContentPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";

export interface LoopbackServer {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The port is in use, or the system refuses it. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
  readonly port: number;

  constructor(port: number, reason: string) {
    super(reason);
    this.port = port;
  }
}

/**
 * Serves on 127.0.0.1.
 *
 * @param port 0 for any free port.
 * @throws PortUnavailable
 */
export function serveOnLoopback(port: number, handle: RequestListener): Promise<LoopbackServer> {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      // Keeps other sites from embedding a response, and browsers from guessing its type.
      response.setHeader('cross-origin-resource-policy', 'same-origin');
      response.setHeader('x-content-type-options', 'nosniff');
      if (isTrusted(request)) return handle(request, response);
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end('Only pages and programs of this machine may use this server.\n');
    });
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? `port ${port} is in use` : message;
      reject(new PortUnavailable(port, reason));
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
 * Checks the Host against DNS rebinding, and the Origin and Sec-Fetch-Site that browsers add against requests of other
 * sites; a link on another site may lead here. Programs send neither header.
 */
function isTrusted({ headers, method }: IncomingMessage): boolean {
  const { host = '', origin = `http://${host}`, 'sec-fetch-site': site = 'none' } = headers;
  const isOurs = origin === `http://${host}` && ['none', 'same-origin'].includes(String(site));
  const isLink =
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    [undefined, 'document'].includes(headers['sec-fetch-dest'] as string | undefined);
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) && (isOurs || isLink);
}
