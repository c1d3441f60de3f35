/**
 * Models on the Hugging Face hub, or on another server with its routes (`HF_ENDPOINT`): `hf:OWNER/NAME[@REVISION]`.
 * Files are fetched into the cache by commit, checked against the hub's own digests and fetched once only.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { cacheFolder } from '../cache-folder.ts';
import { type Checksum, type Download, download } from '../download.ts';
import { UnusableModel } from '../unusable-model.ts';
import { assertConvertible } from './convertible.ts';
import { parseJson } from './json-file.ts';
import { chooseNetwork, type RepositoryPrecision } from './network-file.ts';

/** A repository by its name on the hub, and a branch, tag or commit. */
export interface HubModel {
  readonly name: string;
  readonly revision: string;
}

/** A copy of a repository's files in the cache. */
export interface FetchedRepository {
  readonly folder: string;
  /** Relative to the folder. */
  readonly network: string;
  /** The address of the commit. */
  readonly origin: string;
}

export interface HubOptions extends Pick<Download, 'onProgress' | 'retryDelayMs'> {
  readonly precision: RepositoryPrecision;
}

const infoSchema = v.looseObject({
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'must be a commit')),
  siblings: v.array(
    v.looseObject({
      rfilename: v.pipe(
        v.string(),
        v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\\\0]+$/, 'must be a path inside of the repository'),
      ),
      size: v.nullish(v.number(), 0),
      blobId: v.nullish(v.string()),
      lfs: v.nullish(v.looseObject({ sha256: v.nullish(v.string()) })),
    }),
  ),
});

type Info = v.InferOutput<typeof infoSchema>;

/** @returns Nothing if it is not a name on the hub. @throws UnusableModel if it is a malformed one. */
export function parseHubName(from: string): HubModel | undefined {
  if (!from.startsWith('hf:')) return undefined;
  const [, name, revision = 'main'] = /^hf:([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(from) ?? [];
  if (name && !/(^|\/)\.+(\/|$)/.test(`${name}/${revision}`)) return { name, revision };
  throw new UnusableModel(
    `'${from}' does not name a model of the hub; expected hf:OWNER/NAME or hf:OWNER/NAME@REVISION, such as hf:onnx-community/resnet-18`,
  );
}

/**
 * Fetches the files of a repository that a model is built of, unless the cache has them.
 *
 * @throws UnusableModel if there is no such repository, it cannot be reached or has no network that can be used.
 */
export async function fetchRepository(model: HubModel, options: HubOptions): Promise<FetchedRepository> {
  const { name } = model;
  const home = join(cacheFolder(), 'huggingface', name.replace('/', '--'));
  const info = await repositoryInfo(model, home);
  const folder = join(home, info.sha);
  const files = info.siblings.map(({ rfilename, size }) => ({ path: rfilename, bytes: size }));
  const { network, data } = chooseNetwork(files, options.precision, name);
  const fetchAll = async (wanted: readonly string[]): Promise<void> => {
    for (const sibling of info.siblings.filter(({ rfilename }) => wanted.includes(rfilename))) {
      await fetchFile(name, info.sha, sibling, folder, options);
    }
  };
  await fetchAll(['config.json', 'preprocessor_config.json', 'README.md']);
  await assertConvertible(folder, network, name);
  await fetchAll([network, ...data]);
  await writeFile(infoPath(home, info.sha), JSON.stringify(info));
  return { folder, network, origin: `${endpoint()}/${name}/tree/${info.sha}` };
}

/** The list of a commit's files stands next to their folder, where it cannot be mistaken for one of them. */
function infoPath(home: string, commit: string): string {
  return join(home, `${commit}.json`);
}

async function fetchFile(
  name: string,
  commit: string,
  { rfilename, blobId, lfs }: Info['siblings'][number],
  folder: string,
  { onProgress, retryDelayMs }: HubOptions,
): Promise<void> {
  const checksum: Checksum | undefined = lfs?.sha256
    ? { algorithm: 'sha256', hex: lfs.sha256 }
    : blobId
      ? { algorithm: 'git-sha1', hex: blobId }
      : undefined;
  await download({
    url: `${endpoint()}/${name}/resolve/${commit}/${encodePath(rfilename)}`,
    name: rfilename,
    folder,
    headers: authorisation(),
    ...(checksum && { checksum }),
    ...(onProgress && { onProgress }),
    ...(retryDelayMs !== undefined && { retryDelayMs }),
  });
}

/** The list of files. That of a commit never changes, so it is asked for once only. */
async function repositoryInfo({ name, revision }: HubModel, home: string): Promise<Info> {
  const path = infoPath(home, revision);
  const cached = /^[0-9a-f]{40}$/.test(revision)
    ? await readFile(path, 'utf8').catch(() => undefined)
    : undefined;
  if (cached !== undefined) return parseJson(cached, infoSchema, path);
  const url = `${endpoint()}/api/models/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await fetch(url, {
    headers: authorisation(),
    signal: AbortSignal.timeout(answerTimeoutMs),
  }).catch((error: Error) => {
    throw new UnusableModel(offline(name, error));
  });
  if (response.ok) return parseJson(await response.text(), infoSchema, url);
  throw new UnusableModel(refusal(name, revision, response.status));
}

const answerTimeoutMs = 30_000;

function offline(name: string, error: Error): string {
  const { message, code } = (error.cause ?? error) as NodeJS.ErrnoException;
  return `${endpoint()} cannot be reached (${message || code}). Three ways on:
  use another server with the hub's routes:   HF_ENDPOINT=https://HOST
  use a commit that was fetched before:       --from hf:${name}@COMMIT (40 digits; model.json names it as the source)
  use a folder that you have:                 git clone ${endpoint()}/${name}, or copy it, and --from FOLDER`;
}

function refusal(name: string, revision: string, status: number): string {
  const page = `${endpoint()}/${name}`;
  if (status === 401 || status === 404) {
    return `there is no model ${name} with a revision ${revision} at ${endpoint()}, or it is private: set HF_TOKEN to a token that may read it`;
  }
  if (status === 403) {
    return `${name} is gated: accept its terms at ${page} and set HF_TOKEN to a token of the same account`;
  }
  return `${page} could not be read: the server answered ${status}; try again later`;
}

function endpoint(): string {
  return (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
}

/** The token of HF_TOKEN. `fetch` drops this header on redirects to another host. */
function authorisation(): Record<string, string> {
  const token = process.env.HF_TOKEN;
  return token ? { authorization: `Bearer ${token}` } : {};
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
