/** Draws network inputs in a separate process: a large photo may take a second, which must not delay uploads. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import { forkSource } from '../../fork-source.ts';
import type { Drawing, DrawingRequest, Forms } from './input-process.ts';

export interface InputDrawer {
  /**
   * Draws the network input of an image as a PNG, or reads its pixels.
   *
   * @throws Undrawable if the function would reject the image, or the process ended.
   */
  readonly draw: <Form extends keyof Forms>(
    form: Form,
    bytes: Uint8Array,
    manifest: ModelManifest,
  ) => Promise<Forms[Form]>;
  readonly close: () => Promise<void>;
}

/** The image cannot be drawn; the message says why. */
export class Undrawable extends Error {
  override readonly name = 'Undrawable';
}

/** Starts the process with the first image. */
export function createInputDrawer(): InputDrawer {
  const waiting = new Map<number, (drawing: Drawing) => void>();
  let child: ChildProcess | undefined;
  let requests = 0;

  const startProcess = (): ChildProcess => {
    const started = forkSource('playground/server/input-process.ts', [], {
      // Passes typed arrays without encoding them as JSON.
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
    draw: <Form extends keyof Forms>(form: Form, bytes: Uint8Array, manifest: ModelManifest) =>
      new Promise<Forms[Form]>((resolve, reject) => {
        const id = requests++;
        waiting.set(id, (drawing) => {
          waiting.delete(id);
          if ('drawn' in drawing) resolve(drawing.drawn as Forms[Form]);
          else reject(new Undrawable(drawing.rejection));
        });
        child ??= startProcess();
        const request: DrawingRequest = { id, form, bytes, manifest };
        // If the process has ended, its exit event settles the request.
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
