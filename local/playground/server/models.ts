/** Requests about models: choosing them, and drawing their inputs. */
import type { ServerResponse } from 'node:http';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import type { BuiltModel } from '../../../layers/model/built-models.ts';
import { toPictureJson } from '../../pixels/picture-json.ts';
import { sendJson, sendText } from './answers.ts';
import { type InputDrawer, Undrawable } from './input-drawer.ts';
import { type PhotoStore, readPhoto, sendNotFound } from './photos.ts';

export interface ModelChoices {
  /** Keyed by name. */
  readonly models: ReadonlyMap<string, BuiltModel>;
  readonly useModel: (model: BuiltModel) => Promise<void>;
  readonly compareWith: (model: BuiltModel | undefined) => Promise<void>;
  readonly drawInput: InputDrawer['draw'];
}

/** `PUT /model/NAME` */
export async function chooseModel(
  { models, useModel }: ModelChoices,
  name: string,
  response: ServerResponse,
): Promise<void> {
  const model = models.get(name);
  if (!model) return sendUnknown(name, response);
  await useModel(model);
  response.writeHead(204).end();
}

/** `PUT /comparison/NAME`; without a name, ends the comparison. */
export async function chooseComparison(
  { models, compareWith }: ModelChoices,
  name: string,
  response: ServerResponse,
): Promise<void> {
  const model = models.get(name);
  if (name !== '' && !model) return sendUnknown(name, response);
  await compareWith(model);
  response.writeHead(204).end();
}

/** `GET /inputs/MODEL/KEY`: the network input of a photo, as a PNG. */
export function sendNetworkInput(
  store: PhotoStore,
  choices: ModelChoices,
  name: string,
  response: ServerResponse,
): Promise<void> {
  return sendDrawing(store, choices, name, response, async (bytes, manifest) => {
    const png = await choices.drawInput('png', bytes, manifest);
    response.writeHead(200, { 'content-type': 'image/png' }).end(png);
  });
}

/** `GET /pixels/MODEL/KEY`: the pixels of that input, and where they come from, as JSON. */
export function sendPixels(
  store: PhotoStore,
  choices: ModelChoices,
  name: string,
  response: ServerResponse,
): Promise<void> {
  return sendDrawing(store, choices, name, response, async (bytes, manifest) => {
    sendJson(response, toPictureJson(await choices.drawInput('pixels', bytes, manifest)));
  });
}

async function sendDrawing(
  store: PhotoStore,
  { models }: ModelChoices,
  name: string,
  response: ServerResponse,
  send: (bytes: Uint8Array, manifest: ModelManifest) => Promise<void>,
): Promise<void> {
  const [, modelName = '', key = ''] = /^([^/]+)\/(.+)$/s.exec(name) ?? [];
  const model = models.get(modelName);
  if (!model) return sendUnknown(modelName, response);
  const bytes = await readPhoto(store, key);
  if (!bytes) return sendNotFound(response);
  try {
    await send(bytes, model.manifest);
  } catch (error) {
    if (!(error instanceof Undrawable)) throw error;
    sendText(response, 422, error.message);
  }
}

function sendUnknown(name: string, response: ServerResponse): void {
  sendText(response, 404, `There is no model ${name}.`);
}
