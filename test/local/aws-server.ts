/** An HTTP server in the place of AWS's services: it answers what a test says, and records what the SDK asks. */
import { text } from 'node:stream/consumers';
import { serve } from '../serve.ts';

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
  const server = await serve(async (message, response) => {
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
  return {
    url: `http://localhost:${server.port}`,
    requests,
    close: server.close,
  };
};
