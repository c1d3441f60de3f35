/** A proxy between the function and the emulator that records requests, because the emulator is laxer than AWS. */
import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface RecordedRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Recorder {
  readonly url: string;
  /** Requests in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly close: () => void;
}

/** Forwards everything to `emulatorUrl`. */
export async function startRecorder(emulatorUrl: string): Promise<Recorder> {
  const requests: RecordedRequest[] = [];
  const { hostname, port: emulatorPort } = new URL(emulatorUrl);
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const body = await buffer(request);
    requests.push({ method, path, headers, body: body.toString() });
    // A URL object would resolve dot segments, which keys may have.
    forward({ hostname, port: emulatorPort, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    })
      .on('error', () => response.destroy())
      .end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
