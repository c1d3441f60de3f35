/** Ways in which an AWS service can fail. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * An error response; no response at all; a connection reset before the operation, within the response, or after the operation
 * instead of the response.
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
  /** Performs the operation. */
  readonly perform: (response: ServerResponse) => void;
  /** Formats an error like the service. */
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
      // Sends the first byte of the response, and never the rest.
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
