/** How a service of AWS may fail to answer, for tests. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * An error of the service's own; no answer at all; a connection reset before anything is done, within the answer, or in
 * place of the answer once all is done.
 */
export type Failure =
  | { readonly status: number; readonly code: string; readonly message?: string }
  | 'hang'
  | 'reset'
  | 'reset mid-body'
  | 'lose the answer';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the service would have done. */
  readonly perform: (response: ServerResponse) => void;
  /** Words an error in the way of the service. */
  readonly explain: (code: string, message: string) => { readonly type: string; readonly body: string };
}

export function fail(failure: Failure, { request, response, perform, explain }: Exchange): void {
  switch (failure) {
    case 'hang':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'reset mid-body':
      // The first byte of the true answer, and never the rest.
      response.end = (body) => {
        response.write(String(body).slice(0, 1), () => request.socket.resetAndDestroy());
        return response;
      };
      perform(response);
      return;
    case 'lose the answer':
      response.end = () => {
        request.socket.resetAndDestroy();
        return response;
      };
      perform(response);
      return;
    default: {
      const { type, body } = explain(failure.code, failure.message ?? failure.code);
      response.writeHead(failure.status, { 'content-type': type });
      response.end(request.method === 'HEAD' ? undefined : body);
    }
  }
}
