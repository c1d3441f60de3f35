/** The process started by `input-drawer.ts`: draws one network input after another. */
import { ImageRejection } from '../../../functions/classify/image/rejections.ts';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import { drawNetworkInput } from './network-input.ts';

export interface DrawingRequest {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly manifest: ModelManifest;
}

export type Drawing = { readonly id: number } & (
  | { readonly png: Uint8Array }
  | { readonly rejection: string }
);

// Ctrl-C reaches every process of the terminal; the playground ends this one.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

process.on('message', async ({ id, bytes, manifest }: DrawingRequest) => {
  try {
    answer({ id, png: await drawNetworkInput(bytes, manifest) });
  } catch (error) {
    if (!(error instanceof ImageRejection)) throw error;
    answer({ id, rejection: `${error.name}: ${error.message}` });
  }
});

function answer(drawing: Drawing): void {
  process.send!(drawing);
}
