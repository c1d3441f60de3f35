/** The size of a network's input: the network's own, or the user's where the network takes any. */
import { maxInputPixels } from '../../functions/classify/network/input-schema.ts';
import type { Size } from './source-network.ts';
import { UnusableModel } from './unusable-model.ts';

/** @throws UnusableModel if neither gives a size, or they contradict each other, or no manifest may hold it. */
export function fixSize(
  { name, ...fixed }: { readonly name: string } & Partial<Size>,
  size: Size | undefined,
  path: string,
): Size {
  const width = fixed.width ?? size?.width;
  const height = fixed.height ?? size?.height;
  if (!width || !height)
    throw new UnusableModel(`${path}: input '${name}' takes any size; give the one to use with --size WxH`);
  if (size && (size.width !== width || size.height !== height)) {
    throw new UnusableModel(
      `${path}: input '${name}' is ${width}x${height} pixels, not ${size.width}x${size.height}: leave out --size`,
    );
  }
  return usableSize({ width, height }, path);
}

/** Refuses sizes that no manifest may hold: a file may say anything. */
export function usableSize({ width, height }: Size, path: string): Size {
  const isUsable = (pixels: number) => Number.isInteger(pixels) && pixels >= 1 && pixels <= maxInputPixels;
  if (isUsable(width) && isUsable(height)) return { width, height };
  throw new UnusableModel(
    `${path}: the input is ${width}x${height} pixels; supported are 1 to ${maxInputPixels} along each edge`,
  );
}
