/** An HTTP server in the place of AWS's services: it answers what a test says, and records what the SDK asks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface AwsRequest {
  readonly method: string;
  readonly host: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface AwsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AwsServer {
  readonly url: string;
  readonly requests: AwsRequest[];
  readonly close: () => Promise<void>;
}

export const startAws = async (
  answer: (request: AwsRequest) => AwsAnswer | Promise<AwsAnswer>,
): Promise<AwsServer> => {
  const requests: AwsRequest[] = [];
  const server = createServer(async (message, response) => {
    const request = {
      method: message.method!,
      host: message.headers.host!,
      url: new URL(message.url!, 'http://aws'),
      headers: message.headers,
      body: await text(message),
    };
    requests.push(request);
    const { status = 200, headers, body } = await answer(request);
    response.writeHead(status, headers).end(body);
  });
  // A connection that is ended in the moment of the next request would cost an attempt.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
