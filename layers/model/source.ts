/** Finds the source of a model: a file, an address, a repository, or a name whose weights Keras publishes. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { type PublishedWeights, publishedWeights } from './catalogue.ts';
import { type Download, download, md5Of } from './download.ts';
import { assertConvertible } from './huggingface/convertible.ts';
import { fetchRepository, parseHubName } from './huggingface/hub.ts';
import { chooseNetwork, type RepositoryFile, type RepositoryPrecision } from './huggingface/network-file.ts';
import { isRepository } from './huggingface/repository.ts';
import { savedModel } from './pytorch/refusals.ts';
import { UnusableModel } from './unusable-model.ts';

/** A file on this machine and what is known of it. */
export interface ModelSource {
  readonly path: string;
  /** The origin, for the manifest. */
  readonly origin: string;
  /** The folder with its configuration, in the shape of the Hugging Face hub. */
  readonly repository?: string;
  /** If it is, to the byte, a file that Keras publishes. */
  readonly published?: PublishedWeights;
}

export interface SourceOptions extends Pick<Download, 'onProgress' | 'retryDelayMs'> {
  /** The precision to take of a repository that publishes several; fp32 by default. */
  readonly precision?: RepositoryPrecision;
}

/**
 * Finds the file to build a model from, and downloads it if need be.
 *
 * @param from A file, a folder in the shape of the Hugging Face hub, `hf:OWNER/NAME[@REVISION]` or an address; without it the
 *   weights that Keras publishes under `name`.
 * @throws UnusableModel if there is no such source, or it cannot be downloaded.
 */
export async function findSource(
  name: string,
  from: string | undefined,
  { precision = 'fp32', ...progress }: SourceOptions = {},
): Promise<ModelSource> {
  if (!from) {
    if (precision === 'int8') throw needsPhotos(name);
    return downloadPublished(name, progress);
  }
  const hubModel = parseHubName(from);
  if (hubModel) {
    const { folder, network, origin } = await fetchRepository(hubModel, { precision, ...progress });
    return { path: join(folder, network), origin, repository: folder };
  }
  if (isRepository(from)) {
    const { network } = chooseNetwork(await listFiles(from), precision, from);
    await assertConvertible(from, network, from);
    return { path: join(from, network), origin: basename(resolve(from)), repository: from };
  }
  if (precision === 'int8') throw needsPhotos(from);
  if (!/^https?:\/\//.test(from)) return identify(await existingFile(from), basename(from));
  const fileName = basename(new URL(from).pathname) || 'model';
  return identify(await download({ url: from, name: fileName, folder: cacheFolder(), ...progress }), from);
}

function needsPhotos(source: string): UnusableModel {
  return new UnusableModel(
    `--precision int8 alone takes the int8 network of a repository, and ${source} is a single network: add --calibrate FOLDER with photos to quantise it with, or use --precision fp16`,
  );
}

/** The files at the top of a repository and in its folder `onnx`. */
async function listFiles(folder: string): Promise<RepositoryFile[]> {
  const names = await Promise.all(
    ['', 'onnx/'].map(async (home) =>
      (await readdir(join(folder, home)).catch(() => [])).map((name) => home + name),
    ),
  );
  return Promise.all(
    names.flat().map(async (path) => ({ path, bytes: (await stat(join(folder, path))).size })),
  );
}

async function downloadPublished(
  name: string,
  progress: Omit<SourceOptions, 'precision'>,
): Promise<ModelSource> {
  const published = publishedWeights[name];
  if (!published) {
    throw new UnusableModel(
      `${name} is not among the networks that can be fetched by name (${Object.keys(publishedWeights).join(', ')}); give your own with --from FILE or --from URL`,
    );
  }
  const { url, md5, source } = published;
  const checksum = { algorithm: 'md5', hex: md5 } as const;
  const path = await download({
    url,
    checksum,
    name: basename(url),
    folder: cacheFolder(),
    ...progress,
  }).catch((error: Error) => {
    throw error instanceof UnusableModel
      ? new UnusableModel(`${error.message}\n${waysOn(name, url)}`)
      : error;
  });
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
  if (existsSync(join(path, 'saved_model.pb'))) throw savedModel(path);
  throw new UnusableModel(
    status
      ? `${path} is a folder without config.json; expected a file (.h5, .keras, .onnx, .pth, .safetensors) or a folder of the Hugging Face hub`
      : `there is no file ${path}`,
  );
}
