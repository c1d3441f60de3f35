/** Draws what networks are fed in a process of its own: a large photo may take a second, and uploads must not wait for it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import type { Drawing, DrawingRequest } from './input-process.ts';

export interface InputDrawer {
  /**
   * What a model's network is fed of an image, as a PNG.
   *
   * @throws Undrawable if it is no image that the function takes, or drawing it ended the process.
   */
  readonly draw: (bytes: Uint8Array, manifest: ModelManifest) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** The message says why. */
export class Undrawable extends Error {
  override readonly name = 'Undrawable';
}

/** The process is started by the first image. */
export function createInputDrawer(): InputDrawer {
  const waiting = new Map<number, (drawing: Drawing) => void>();
  let child: ChildProcess | undefined;
  let requests = 0;

  const startProcess = (): ChildProcess => {
    const started = fork(fileURLToPath(new URL('input-process.ts', import.meta.url)), {
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      // Bytes stay bytes.
      serialization: 'advanced',
    });
    started.on('message', (drawing: Drawing) => waiting.get(drawing.id)?.(drawing));
    started.on('exit', () => {
      child = undefined;
      for (const [id, settle] of waiting) settle({ id, rejection: 'its process ended' });
    });
    return started;
  };
  return {
    draw: (bytes, manifest) =>
      new Promise((resolve, reject) => {
        const id = requests++;
        waiting.set(id, (drawing) => {
          waiting.delete(id);
          if ('png' in drawing) resolve(drawing.png);
          else reject(new Undrawable(drawing.rejection));
        });
        child ??= startProcess();
        const request: DrawingRequest = { id, bytes, manifest };
        // Where it cannot be sent any more, the end of the process is the answer.
        child.send(request, () => {});
      }),
    close: async () => {
      if (!child) return;
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}
