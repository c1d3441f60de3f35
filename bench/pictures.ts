/** The measured pictures: one synthetic photo in several sizes and formats, encoded by sharp. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { paintPhoto } from './photo.ts';

export interface Picture {
  readonly name: string;
  readonly file: string;
  readonly format: 'jpeg' | 'png' | 'webp';
}

/** The part of sharp's interface that is used here. */
type Sharp = (
  data: Uint8Array,
  options: { readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 } },
) => Record<Picture['format'], (options: object) => { readonly toFile: (path: string) => Promise<unknown> }>;

// Phones and cameras subsample chroma and take about 0.3 bytes per pixel at 12 megapixels.
const photoOptions = { quality: 92, chromaSubsampling: '4:2:0' };

const kinds = {
  '0.3 MP JPEG': { width: 640, height: 480, format: 'jpeg', options: photoOptions },
  '2 MP JPEG': { width: 1600, height: 1200, format: 'jpeg', options: photoOptions },
  '12 MP JPEG': { width: 4032, height: 3024, format: 'jpeg', options: photoOptions },
  '12 MP progressive': {
    width: 4032,
    height: 3024,
    format: 'jpeg',
    options: { ...photoOptions, progressive: true },
  },
  '24 MP JPEG': { width: 6000, height: 4000, format: 'jpeg', options: photoOptions },
  '50 MP JPEG': { width: 8160, height: 6120, format: 'jpeg', options: photoOptions },
  '2 MP PNG': { width: 1600, height: 1200, format: 'png', options: {} },
  '2 MP WebP': { width: 1600, height: 1200, format: 'webp', options: { quality: 85 } },
} as const;

export type PictureName = keyof typeof kinds;
export const pictureNames = Object.keys(kinds) as PictureName[];

/** Makes a picture below `parent`, unless it exists. @param packages The folder where sharp is installed. */
export async function makePicture(name: PictureName, parent: string, packages: string): Promise<Picture> {
  const { width, height, format, options } = kinds[name];
  const file = join(parent, `${name.replaceAll(' ', '-').toLowerCase()}.${format}`);
  if (!existsSync(file)) {
    mkdirSync(parent, { recursive: true });
    const sharp = createRequire(join(packages, 'package.json'))('sharp') as Sharp;
    const { data } = paintPhoto(width, height);
    await sharp(data, { raw: { width, height, channels: 3 } })
      [format](options)
      .toFile(`${file}.tmp`);
    renameSync(`${file}.tmp`, file);
  }
  return { name, file, format };
}
