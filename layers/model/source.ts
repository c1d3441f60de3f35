/** Where a model comes from: a file, an address, or a name whose weights Keras publishes. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { type PublishedWeights, publishedWeights } from './catalogue.ts';
import { type Download, download, md5Of } from './download.ts';
import { UnusableModel } from './unusable-model.ts';

/** A file on this machine and what is known of it. */
export interface ModelSource {
  readonly path: string;
  /** Where it came from, for the manifest. */
  readonly origin: string;
  /** If it is, to the byte, a file that Keras publishes. */
  readonly published?: PublishedWeights;
}

/**
 * Finds the file to build a model from, and downloads it if need be.
 *
 * @param from A path or an address; without it the weights that Keras publishes under `name`.
 * @throws UnusableModel if there is no such file, or it cannot be downloaded.
 */
export async function findSource(
  name: string,
  from: string | undefined,
  onProgress?: Download['onProgress'],
): Promise<ModelSource> {
  const progress = onProgress && { onProgress };
  if (!from) return downloadPublished(name, progress);
  if (!/^https?:\/\//.test(from)) return identify(await existingFile(from), basename(from));
  const fileName = basename(new URL(from).pathname) || 'model';
  return identify(await download({ url: from, name: fileName, folder: cacheFolder(), ...progress }), from);
}

async function downloadPublished(
  name: string,
  progress: Pick<Download, 'onProgress'> | undefined,
): Promise<ModelSource> {
  const published = publishedWeights[name];
  if (!published) {
    throw new UnusableModel(
      `${name} is not among the networks that can be fetched by name (${Object.keys(publishedWeights).join(', ')}); give your own with --from FILE or --from URL`,
    );
  }
  const { url, md5, source } = published;
  const path = await download({ url, md5, name: basename(url), folder: cacheFolder(), ...progress }).catch(
    (error: Error) => {
      throw error instanceof UnusableModel
        ? new UnusableModel(`${error.message}\n${waysOn(name, url)}`)
        : error;
    },
  );
  return { path, origin: source, published };
}

function waysOn(name: string, url: string): string {
  return `Three ways on:
  fetch it from another address:   npx bucketlens model ${name} --from https://HOST/${basename(url)}
  use a file that you have:        npx bucketlens model ${name} --from FILE.h5
  do without:                      the embedded efficientnet-lite0 needs no download (npx bucketlens start --model efficientnet-lite0)`;
}

async function identify(path: string, origin: string): Promise<ModelSource> {
  const md5 = await md5Of(path);
  const published = Object.values(publishedWeights).find((weights) => weights.md5 === md5);
  return published ? { path, origin: published.source, published } : { path, origin };
}

async function existingFile(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isFile()) return path;
  throw new UnusableModel(
    status ? `${path} is a folder; expected a .h5, .keras or .onnx file` : `there is no file ${path}`,
  );
}
