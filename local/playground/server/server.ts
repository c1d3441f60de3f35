/** The page's HTTP server: routes requests to their handlers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { type LoopbackServer, serveOnLoopback } from '../aws/loopback.ts';
import { sendText } from './answers.ts';
import type { PageFeed } from './feed.ts';
import { sendPageFile } from './files.ts';
import { chooseComparison, chooseModel, type ModelChoices, sendNetworkInput, sendPixels } from './models.ts';
import { type PhotoStore, sendHead, sendPhoto, storePhoto } from './photos.ts';
import { sendSample } from './samples.ts';

export interface PageServerOptions {
  readonly port: number;
  readonly store: PhotoStore;
  readonly choices: ModelChoices;
  readonly feed: PageFeed;
}

/** Starts the server. */
export function startPageServer(options: PageServerOptions): Promise<LoopbackServer> {
  return serveOnLoopback(options.port, (request, response) => {
    respond(options, request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof URIError)
        sendText(response, 400, 'The URL is not encoded correctly: write a percent sign in a key as %25.');
      else sendText(response, statusOf(error), error.message);
    });
  });
}

async function respond(
  { store, choices, feed }: PageServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, search } = new URL(request.url!, 'http://localhost');
  const [, route = '/', rest = ''] = /^(\/[^/]*)\/?(.*)$/.exec(pathname) ?? [];
  const name = decodeURIComponent(rest);
  // A URL whose query identifies the upload never changes its content.
  response.setHeader('cache-control', search ? 'private, max-age=31536000, immutable' : 'no-store');

  if (needName.has(route) && name === '') return sendText(response, 404, `Expected ${route}/NAME.`);
  switch (`${request.method} ${route}`) {
    case 'PUT /photos':
      return storePhoto(store, name, request, response);
    case 'GET /photos':
      return sendPhoto(store, name, response);
    case 'GET /heads':
      return sendHead(store, name, response);
    case 'GET /inputs':
      return sendNetworkInput(store, choices, name, response);
    case 'GET /pixels':
      return sendPixels(store, choices, name, response);
    case 'PUT /model':
      return chooseModel(choices, name, response);
    case 'PUT /comparison':
      return chooseComparison(choices, name, response);
    case 'GET /samples':
      return sendSample(name, response);
    case 'GET /events':
      return feed.connect(response);
    default:
      if (request.method !== 'GET')
        return sendText(response, 405, 'Allowed are GET, and PUT of photos and models.');
      return sendPageFile(pathname, response);
  }
}

/** The bucket's status, such as 400 for a key that is too long or 507 for a full disk. */
function statusOf(error: Error): number {
  return (error instanceof S3ServiceException && error.$metadata.httpStatusCode) || 500;
}

const needName = new Set(['/photos', '/heads', '/inputs', '/pixels', '/model']);
