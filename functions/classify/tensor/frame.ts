/** The part of an image that the network sees, and its size once scaled. */
import type { Policy } from './names.ts';

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in whole pixels. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

export interface Framing {
  readonly policy: Policy;
  /** For `crop` only; 1 by default, but `bucketlens/pixels` requires it. */
  readonly cropFraction?: number;
  /** For `resize-crop` only: the shorter side in pixels (the longer one follows, truncated), or both sides. */
  readonly resizeTo?: number | Size;
}

/** A part of an image, scaled and placed in the input. */
export interface Frame {
  /** Filters that reach beyond `box` stop at the edge of this part of the image. */
  readonly seen: Box;
  /** The part that is scaled, within `seen`. */
  readonly box: Box;
  /** The size to which `box` is scaled. */
  readonly scaled: Size;
  /** The part of the scaled image that is kept. */
  readonly kept: Box;
  /** Position of `kept` in the input; the pixels around it are black. */
  readonly left: number;
  readonly top: number;
}

/** The part of an upright image that an input of this size shows. */
export function frameOf(image: Size, input: Size, framing: Framing): Frame {
  if (framing.policy === 'resize-crop') return centreOfScaled(image, input, framing.resizeTo);
  const seen = framing.policy === 'crop' ? centredSquare(image, framing.cropFraction ?? 1) : wholeOf(image);
  const box = framing.policy === 'fit' ? largestOfAspect(image, input) : wholeOf(seen);
  return { seen, box, scaled: input, kept: wholeOf(input), left: 0, top: 0 };
}

/** torchvision's `Resize` and `CenterCrop`, with their rounding: offsets that end in a half go to the even neighbour. */
function centreOfScaled(image: Size, input: Size, resizeTo: Framing['resizeTo']): Frame {
  const whole = wholeOf(image);
  const scaled =
    typeof resizeTo === 'object' ? resizeTo : withShorterSide(image, resizeTo ?? shorterSide(input));
  const across = centre(scaled.width, input.width);
  const down = centre(scaled.height, input.height);
  return {
    seen: whole,
    box: whole,
    scaled,
    kept: { left: across.from, top: down.from, width: across.size, height: down.size },
    left: across.padding,
    top: down.padding,
  };
}

function withShorterSide({ width, height }: Size, side: number): Size {
  const longer = Math.trunc((side * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: side, height: longer } : { width: longer, height: side };
}

/** @returns The first pixel and the number of pixels kept of `length`, and the black ones before them. */
function centre(length: number, wanted: number) {
  if (length < wanted) return { from: 0, size: length, padding: Math.floor((wanted - length) / 2) };
  return { from: roundHalfToEven((length - wanted) / 2), size: wanted, padding: 0 };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function shorterSide({ width, height }: Size): number {
  return Math.min(width, height);
}

function wholeOf({ width, height }: Size): Box {
  return { left: 0, top: 0, width, height };
}

function centredSquare(image: Size, fraction: number): Box {
  const side = Math.max(Math.floor(fraction * shorterSide(image)), 1);
  // An odd margin is wider on the left and on top, as in EfficientNet's own evaluation.
  const left = Math.ceil((image.width - side) / 2);
  const top = Math.ceil((image.height - side) / 2);
  return { left, top, width: side, height: side };
}

/** Keras' box for `keep_aspect_ratio`, in whole pixels; at least one pixel, where Keras fails on very thin images. */
function largestOfAspect(image: Size, input: Size): Box {
  const width = Math.max(Math.min(image.width, Math.floor((image.height * input.width) / input.height)), 1);
  const height = Math.max(Math.min(image.height, Math.floor((image.width * input.height) / input.width)), 1);
  return {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  };
}
