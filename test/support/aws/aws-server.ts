/** An HTTP server that stands in for AWS: gives the test's responses, and records the SDK's requests. */
import { devNull } from 'node:os';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
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

export async function startAws(
  answer: (request: AwsRequest) => AwsAnswer | Promise<AwsAnswer>,
): Promise<AwsServer> {
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
}

/** Points commands to the server and away from this machine's AWS settings; `vi.unstubAllEnvs` undoes it. */
export function stubAws(
  { url }: { readonly url: string },
  more: Readonly<Record<string, string>> = {},
): void {
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...more,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
