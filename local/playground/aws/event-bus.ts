/** A local EventBridge: accepts PutEvents and forwards each event. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback.ts';

interface PutEvents {
  readonly Entries: readonly {
    readonly EventBusName: string;
    readonly DetailType: PredictionEvent['detailType'];
    readonly Detail: string;
  }[];
}

/** Starts the service on a free port; every bus name exists. */
export function startEventBus(
  onEvent: (event: PredictionEvent, eventBus: string) => void,
): Promise<LoopbackServer> {
  return serveOnLoopback(0, async (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents') {
      response.writeHead(400).end();
      return;
    }
    const { Entries } = (await json(request)) as PutEvents;
    for (const { EventBusName, DetailType, Detail } of Entries) {
      onEvent({ detailType: DetailType, detail: JSON.parse(Detail) } as PredictionEvent, EventBusName);
    }
    const answer = { FailedEntryCount: 0, Entries: Entries.map((_, index) => ({ EventId: String(index) })) };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
}
