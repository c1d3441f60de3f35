/** An HTTP proxy that mistreats requests at random: drops, delays and cuts them, and answers 503. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** Shares of requests; the rest is forwarded as it is. */
const mistreatments = {
  /** The connection breaks before the request arrives. */
  dropped: 0.04,
  /** The request takes effect, and the connection breaks before the response. */
  unanswered: 0.04,
  /** The connection breaks in the middle of the response. */
  cut: 0.04,
  /** The request arrives late. */
  delayed: 0.1,
  /** The service is busy. */
  refused: 0.06,
} as const;

export type Mistreatment = keyof typeof mistreatments;

export interface Proxy {
  readonly url: string;
  /** How often each mistreatment happened. */
  readonly counts: Readonly<Record<Mistreatment, number>>;
  /** Forwards all further requests as they are. */
  readonly calm: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a proxy of `targetUrl`. */
export async function startProxy(targetUrl: string, random: () => number): Promise<Proxy> {
  const counts = { dropped: 0, unanswered: 0, cut: 0, delayed: 0, refused: 0 };
  let isCalm = false;
  const server = createServer(async (request, response) => {
    const mistreatment = isCalm ? undefined : draw(random());
    if (mistreatment) counts[mistreatment]++;
    await handle(targetUrl, mistreatment, request, response).catch(() => request.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    calm: () => {
      isCalm = true;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function draw(number: number): Mistreatment | undefined {
  let end = 0;
  for (const [name, share] of Object.entries(mistreatments)) {
    end += share;
    if (number < end) return name as Mistreatment;
  }
  return undefined;
}

const maxDelayMs = 400;

async function handle(
  targetUrl: string,
  mistreatment: Mistreatment | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (mistreatment === 'dropped') {
    request.destroy();
    return;
  }
  const body = await buffer(request);
  if (mistreatment === 'refused') {
    // S3 and EventBridge both retry on the status alone.
    response.writeHead(503).end();
    return;
  }
  if (mistreatment === 'delayed') await sleep(maxDelayMs / 2 + (maxDelayMs / 2) * (body.length % 2));
  const answer = await send(targetUrl, request, body);
  const bytes = await buffer(answer);
  if (mistreatment === 'unanswered') {
    request.destroy();
    return;
  }
  response.writeHead(answer.statusCode!, answer.headers);
  if (mistreatment === 'cut' && bytes.length > 1) {
    response.write(bytes.subarray(0, bytes.length / 2), () => request.destroy());
    return;
  }
  response.end(bytes);
}

function send(
  targetUrl: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(targetUrl);
  return new Promise((resolve, reject) => {
    forward({ hostname, port, path: url, method, headers }, resolve).on('error', reject).end(body);
  });
}
