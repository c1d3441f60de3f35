/** The process started by `input-drawer.ts`: draws one network input after another, or reads its pixels. */
import { ImageRejection } from '../../../functions/classify/image/rejections.ts';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import { readSeenPicture } from '../../pixels/read-seen-picture.ts';
import type { SeenPicture } from '../../pixels/seen-picture.ts';
import { drawNetworkInput } from './network-input.ts';

/** The forms in which a network's input can be had. */
export interface Forms {
  readonly png: Uint8Array;
  readonly pixels: SeenPicture;
}

export interface DrawingRequest {
  readonly id: number;
  readonly form: keyof Forms;
  readonly bytes: Uint8Array;
  readonly manifest: ModelManifest;
}

export type Drawing = { readonly id: number } & (
  | { readonly drawn: Forms[keyof Forms] }
  | { readonly rejection: string }
);

// Ctrl-C reaches every process of the terminal; the playground ends this one.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

process.on('message', async ({ id, form, bytes, manifest }: DrawingRequest) => {
  try {
    const draw = form === 'png' ? drawNetworkInput : readSeenPicture;
    answer({ id, drawn: await draw(bytes, manifest) });
  } catch (error) {
    if (!(error instanceof ImageRejection)) throw error;
    answer({ id, rejection: `${error.name}: ${error.message}` });
  }
});

function answer(drawing: Drawing): void {
  process.send!(drawing);
}
