/** An in-process EventBridge for tests, with the real client over HTTP. Accepts events that match the schema. */
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { serve } from '../serve.ts';
import { mistakesIn } from './event-schema.ts';
import { type Failure, fail } from './failure.ts';

/** A response instead of EventBridge's own, to fail a request. */
type Fault = (entries: readonly PutEventsRequestEntry[]) => Failure | undefined;

export interface TestEventBridge {
  readonly client: EventBridgeClient;
  readonly endpoint: string;
  /** The entries of each request, in order. */
  readonly requests: PutEventsRequestEntry[][];
  /** Details of the accepted events, in order. */
  readonly events: { readonly detailType: string; readonly detail: Record<string, unknown> }[];
  /** Selects entries to refuse, by the number of the request (from 1) and of the entry (from 0). */
  readonly refuse: (when: (request: number, entry: number) => boolean) => void;
  readonly failWith: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

export async function startEventBridge(): Promise<TestEventBridge> {
  const requests: PutEventsRequestEntry[][] = [];
  const events: TestEventBridge['events'] = [];
  let isRefused = (_request: number, _entry: number): boolean => false;
  let fault: Fault = () => undefined;

  const server = await serve(async (request, response) => {
    const { Entries: entries } = JSON.parse(await text(request)) as { Entries: PutEventsRequestEntry[] };
    requests.push(entries);
    const perform = (to: ServerResponse) => {
      const results = entries.map(({ Source, DetailType, Detail }, index) => {
        if (isRefused(requests.length, index))
          return { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' };
        const detail = JSON.parse(Detail!);
        const mistakes = mistakesIn({ source: Source, 'detail-type': DetailType, detail });
        if (mistakes) return { ErrorCode: 'NotAsPublished', ErrorMessage: mistakes };
        events.push({ detailType: DetailType!, detail });
        return { EventId: String(events.length) };
      });
      const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
      to.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      to.end(JSON.stringify({ FailedEntryCount, Entries: results }));
    };
    const failure = fault(entries);
    if (failure) fail(failure, { request, response, perform, explain: asJson });
    else perform(response);
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new EventBridgeClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  return {
    client,
    endpoint,
    requests,
    events,
    refuse: (when) => {
      isRefused = when;
    },
    failWith: (newFault) => {
      fault = newFault;
    },
    close: () => {
      client.destroy();
      return server.close();
    },
  };
}

function asJson(code: string, message: string) {
  return {
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify({ __type: code, message }),
  };
}
