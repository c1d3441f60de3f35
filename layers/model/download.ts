/**
 * Downloads a file into the cache folder, resuming an interrupted download even in another process. The data is written to
 * `NAME.part`, which becomes `NAME` once it is complete and its checksum matches.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnusableModel } from './unusable-model.ts';

export interface Download {
  readonly url: string;
  /** The file's name in the cache. */
  readonly name: string;
  /** Without it the file is downloaded each time, and only its length is checked. */
  readonly checksum?: Checksum;
  readonly folder: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called for each chunk; `totalBytes` is the length that the server announced, if any. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  /** Delay before a retry, multiplied by the number of failures in a row. */
  readonly retryDelayMs?: number;
}

/** A digest in hexadecimal. `git-sha1` is Git's own of a file, with its length in front. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256' | 'git-sha1';
  readonly hex: string;
}

/**
 * Downloads a file unless the cache has it.
 *
 * @returns Its path in the cache.
 * @throws UnusableModel if the server cannot be reached or keeps failing, has no such file, or sends another one.
 */
export async function download(wanted: Download): Promise<string> {
  const path = join(wanted.folder, wanted.name);
  if (wanted.checksum && (await digestOf(path, wanted.checksum.algorithm)) === wanted.checksum.hex)
    return path;

  await mkdir(dirname(path), { recursive: true });
  await downloadWithRetries(wanted, `${path}.part`);
  if (wanted.checksum) await assertChecksum(`${path}.part`, wanted.checksum, wanted.url);
  await rename(`${path}.part`, path);
  await rm(versionFile(`${path}.part`), { force: true });
  return path;
}

/** The MD5 of a file in hexadecimal, or undefined if it cannot be read. */
export function md5Of(path: string): Promise<string | undefined> {
  return digestOf(path, 'md5');
}

async function digestOf(path: string, algorithm: Checksum['algorithm']): Promise<string | undefined> {
  const hash = createHash(algorithm === 'git-sha1' ? 'sha1' : algorithm);
  try {
    if (algorithm === 'git-sha1') hash.update(`blob ${(await stat(path)).size}\0`);
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

const maxAttempts = 4;
const defaultRetryDelayMs = 1000;
// Maximum idle time between bytes before the connection counts as broken.
const idleTimeoutMs = 30_000;
// Well above Lambda's 262 MB for a function with its layers: a source file may be larger than the model made of it.
const maxBytes = 1_000_000_000;

/** A temporary error, which is retried; any other error ends the download. */
class Interrupted extends Error {}

async function downloadWithRetries(wanted: Download, part: string): Promise<void> {
  for (let failures = 0, previousBytes = await sizeOf(part); ; ) {
    try {
      return await downloadRest(wanted, part);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const bytes = await sizeOf(part);
      // A download that makes progress may be interrupted any number of times.
      failures = bytes > previousBytes ? 1 : failures + 1;
      previousBytes = bytes;
      if (failures >= maxAttempts)
        throw new UnusableModel(`${wanted.url} could not be downloaded: ${error.message}`);
      await sleep((wanted.retryDelayMs ?? defaultRetryDelayMs) * failures);
    }
  }
}

async function downloadRest({ url, headers, onProgress }: Download, part: string): Promise<void> {
  const version = await readFile(versionFile(part), 'utf8').catch(() => undefined);
  // A partial file can be resumed only if its version is known.
  const partBytes = version ? await sizeOf(part) : 0;
  const idle = new AbortController();
  const timer = setTimeout(
    () => idle.abort(new Error(`no response for ${idleTimeoutMs / 1000} s`)),
    idleTimeoutMs,
  );
  try {
    const response = await fetch(url, {
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        ...(version && partBytes > 0 && { range: `bytes=${partBytes}-`, 'if-range': version }),
      },
      signal: idle.signal,
    });
    const { start, totalBytes } = await readExpected(response, partBytes, part, url);
    await rememberVersion(response, part);
    let received = start;
    await writeBody(response, part, start, (bytes) => {
      timer.refresh();
      received += bytes;
      assertNotTooLarge(received, url);
      onProgress?.(received, totalBytes);
    });
    if (totalBytes !== undefined && received !== totalBytes) {
      throw new Interrupted(`received ${received} of ${totalBytes} bytes`);
    }
  } catch (error) {
    throw error instanceof UnusableModel ? error : failureOf(error as Error, url);
  } finally {
    clearTimeout(timer);
    idle.abort();
  }
}

/** The offset at which the response's body begins, and the length of the whole file if the server announces it. */
async function readExpected(
  { status, headers }: Response,
  partBytes: number,
  part: string,
  url: string,
): Promise<{ start: number; totalBytes: number | undefined }> {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  const length = status === 206 ? total : headers.get('content-length');
  const totalBytes = length ? Number(length) : undefined;
  if (status === 200 || (status === 206 && Number(from) === partBytes)) {
    assertNotTooLarge(totalBytes ?? 0, url);
    return { start: status === 200 ? 0 : partBytes, totalBytes };
  }
  if (status === 206 || status === 416) {
    await discard(part);
    throw new Interrupted('the server could not resume the download');
  }
  if (status >= 500 || status === 408 || status === 429)
    throw new Interrupted(`the server responded with ${status}`);
  throw new UnusableModel(`${url} could not be downloaded: the server responded with ${status}`);
}

function versionFile(part: string): string {
  return `${part}.version`;
}

async function rememberVersion({ headers }: Response, part: string): Promise<void> {
  const eTag = headers.get('etag');
  // A weak ETag does not guarantee identical bytes.
  const version = eTag && !eTag.startsWith('W/') ? eTag : headers.get('last-modified');
  await (version ? writeFile(versionFile(part), version) : rm(versionFile(part), { force: true }));
}

async function writeBody(
  { body }: Response,
  part: string,
  start: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const file = await open(part, start > 0 ? 'a' : 'w');
  try {
    for await (const chunk of body ?? []) {
      await file.appendFile(chunk);
      onBytes(chunk.length);
    }
  } finally {
    await file.close();
  }
}

async function assertChecksum(part: string, { algorithm, hex }: Checksum, url: string): Promise<void> {
  const found = await digestOf(part, algorithm);
  if (found === hex) return;
  await discard(part);
  throw new UnusableModel(
    `${url} sent another file than expected: its ${algorithm.toUpperCase()} is ${found}, not ${hex}. It was deleted; try again or use another URL`,
  );
}

function assertNotTooLarge(bytes: number, url: string): void {
  if (bytes <= maxBytes) return;
  throw new UnusableModel(`${url} is larger than ${maxBytes / 1e6} MB; a Lambda layer holds at most 262 MB`);
}

async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(versionFile(part), { force: true });
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

// Permanent failures to connect: no network, or no such server.
const unreachable = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** Unwraps the cause of a failed `fetch`, whose own message has no reason. */
function failureOf(error: Error, url: string): Error {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException;
  const reason = cause.message || cause.code || cause.name;
  if (!unreachable.has(cause.code ?? '')) return new Interrupted(reason);
  return new UnusableModel(`${url} could not be downloaded: ${reason}`);
}
