/** Requests about models: choosing them, and drawing their inputs. */
import type { ServerResponse } from 'node:http';
import type { BuiltModel } from '../../../layers/model/built-models.ts';
import { sendText } from './answers.ts';
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
export async function sendNetworkInput(
  store: PhotoStore,
  { models, drawInput }: ModelChoices,
  name: string,
  response: ServerResponse,
): Promise<void> {
  const [, modelName = '', key = ''] = /^([^/]+)\/(.+)$/s.exec(name) ?? [];
  const model = models.get(modelName);
  if (!model) return sendUnknown(modelName, response);
  const bytes = await readPhoto(store, key);
  if (!bytes) return sendNotFound(response);
  try {
    const png = await drawInput(bytes, model.manifest);
    response.writeHead(200, { 'content-type': 'image/png' }).end(png);
  } catch (error) {
    if (!(error instanceof Undrawable)) throw error;
    sendText(response, 422, error.message);
  }
}

function sendUnknown(name: string, response: ServerResponse): void {
  sendText(response, 404, `There is no model ${name}.`);
}
