/**
 * A file from the web into the cache: resumed where a break left it, also by the next process, checked before it is used.
 * What is being fetched is `NAME.part`; `NAME` appears only when it is whole and right.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnusableModel } from './unusable-model.ts';

export interface Download {
  readonly url: string;
  /** The file's name in the cache. */
  readonly name: string;
  /** Hexadecimal. Without it the file is fetched anew each time, and only its length is checked. */
  readonly md5?: string;
  readonly folder: string;
  /** Called for each piece; `totalBytes` is what the server announced, if it did. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  /** Pause before a new attempt, multiplied by its number. */
  readonly retryDelayMs?: number;
}

/**
 * Fetches a file, unless the cache has it.
 *
 * @returns Its path in the cache.
 * @throws UnusableModel if the server cannot be reached or keeps breaking off, has no such file, or has another one.
 */
export async function download(wanted: Download): Promise<string> {
  const path = join(wanted.folder, wanted.name);
  if (wanted.md5 && (await md5Of(path)) === wanted.md5) return path;

  await mkdir(wanted.folder, { recursive: true });
  await fetchWithRetries(wanted, `${path}.part`);
  if (wanted.md5) await assertRightFile(`${path}.part`, wanted.md5, wanted.url);
  await rename(`${path}.part`, path);
  await rm(versionFile(`${path}.part`), { force: true });
  return path;
}

/** MD5 of a file in hexadecimal, or nothing if there is no such file. */
export async function md5Of(path: string): Promise<string | undefined> {
  const hash = createHash('md5');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

const maxAttempts = 4;
const defaultRetryDelayMs = 1000;
// Without a byte for so long, the connection counts as broken.
const idleTimeoutMs = 30_000;
// A Lambda function and its layers may have 262 MB together.
const maxBytes = 1_000_000_000;

/** Something that may pass; anything else that is thrown ends the download. */
class Interrupted extends Error {}

async function fetchWithRetries(wanted: Download, part: string): Promise<void> {
  for (let failures = 0, had = await sizeOf(part); ; ) {
    try {
      return await fetchRest(wanted, part);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const has = await sizeOf(part);
      // Whatever moves on may break off as often as it likes.
      failures = has > had ? 1 : failures + 1;
      had = has;
      if (failures >= maxAttempts)
        throw new UnusableModel(`${wanted.url} could not be downloaded: ${error.message}`);
      await sleep((wanted.retryDelayMs ?? defaultRetryDelayMs) * failures);
    }
  }
}

async function fetchRest({ url, onProgress }: Download, part: string): Promise<void> {
  const version = await readFile(versionFile(part), 'utf8').catch(() => undefined);
  // What is there is of use only if it can be told that the server's file is still the same.
  const had = version ? await sizeOf(part) : 0;
  const idle = new AbortController();
  const timer = setTimeout(
    () => idle.abort(new Error(`no answer for ${idleTimeoutMs / 1000} s`)),
    idleTimeoutMs,
  );
  try {
    const response = await fetch(url, {
      headers: {
        'accept-encoding': 'identity',
        ...(version && had > 0 && { range: `bytes=${had}-`, 'if-range': version }),
      },
      signal: idle.signal,
    });
    const { start, totalBytes } = await expectedOf(response, had, part, url);
    await rememberVersion(response, part);
    let received = start;
    await writeBody(response, part, start, (bytes) => {
      timer.refresh();
      received += bytes;
      assertNotTooLarge(received, url);
      onProgress?.(received, totalBytes);
    });
    if (totalBytes !== undefined && received !== totalBytes) {
      throw new Interrupted(`${received} of ${totalBytes} bytes came`);
    }
  } catch (error) {
    throw error instanceof UnusableModel ? error : failureOf(error as Error, url);
  } finally {
    clearTimeout(timer);
    idle.abort();
  }
}

/** Where in the file the answer's body begins, and how long the whole file is if the server says so. */
async function expectedOf(
  { status, headers }: Response,
  had: number,
  part: string,
  url: string,
): Promise<{ start: number; totalBytes: number | undefined }> {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  const length = status === 206 ? total : headers.get('content-length');
  const totalBytes = length ? Number(length) : undefined;
  if (status === 200 || (status === 206 && Number(from) === had)) {
    assertNotTooLarge(totalBytes ?? 0, url);
    return { start: status === 200 ? 0 : had, totalBytes };
  }
  if (status === 206 || status === 416) {
    await discard(part);
    throw new Interrupted('the server could not continue where the download had stopped');
  }
  if (status >= 500 || status === 408 || status === 429)
    throw new Interrupted(`the server answered ${status}`);
  throw new UnusableModel(`${url} could not be downloaded: the server answered ${status}`);
}

function versionFile(part: string): string {
  return `${part}.version`;
}

async function rememberVersion({ headers }: Response, part: string): Promise<void> {
  const eTag = headers.get('etag');
  // A weak ETag promises no equal bytes.
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

async function assertRightFile(part: string, md5: string, url: string): Promise<void> {
  const found = await md5Of(part);
  if (found === md5) return;
  await discard(part);
  throw new UnusableModel(
    `${url} sent another file than expected: its MD5 is ${found}, not ${md5}. It was deleted; try again or use another address`,
  );
}

function assertNotTooLarge(bytes: number, url: string): void {
  if (bytes <= maxBytes) return;
  throw new UnusableModel(`${url} has more than ${maxBytes / 1e6} MB; a Lambda layer holds at most 262 MB`);
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

// Nobody answers at all: there is no internet, or no such server.
const unreachable = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** `fetch` says only that it failed; the reason is what it names as the cause. */
function failureOf(error: Error, url: string): Error {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException;
  const reason = cause.message || cause.code || cause.name;
  if (!unreachable.has(cause.code ?? '')) return new Interrupted(reason);
  return new UnusableModel(`${url} could not be downloaded: ${reason}`);
}
