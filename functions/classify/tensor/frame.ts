/** What of a picture is shown to the network. */

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

/**
 * What of the picture the network sees. `stretch`: all of it, as Keras' `load_img` does. `fit`: the largest centred box of the
 * input's aspect, as `load_img` does with `keep_aspect_ratio`. `crop`: the centred square of `cropFraction` times the
 * shorter side, cut out before scaling; an input that is not square stretches it.
 */
export type Policy = 'stretch' | 'fit' | 'crop';

/** A part of a picture. */
export interface Frame {
  /** What exists: filters that look beyond `box` do not look beyond this. */
  readonly seen: Box;
  /** What is shown, within `seen`. */
  readonly box: Box;
}

/** The part of an upright picture that an input of this size shows. */
export function frameOf(picture: Size, input: Size, policy: Policy, cropFraction: number): Frame {
  const seen = policy === 'crop' ? centredSquare(picture, cropFraction) : wholeOf(picture);
  return { seen, box: policy === 'fit' ? largestOfAspect(picture, input) : wholeOf(seen) };
}

function wholeOf({ width, height }: Size): Box {
  return { left: 0, top: 0, width, height };
}

function centredSquare(picture: Size, fraction: number): Box {
  const side = Math.max(Math.floor(fraction * Math.min(picture.width, picture.height)), 1);
  // An odd margin is wider on the left and on top, as in EfficientNet's own evaluation.
  const left = Math.ceil((picture.width - side) / 2);
  const top = Math.ceil((picture.height - side) / 2);
  return { left, top, width: side, height: side };
}

/** Keras' box for `keep_aspect_ratio`, in whole pixels; never empty, where Keras would fail on very thin pictures. */
function largestOfAspect(picture: Size, input: Size): Box {
  const width = Math.min(picture.width, Math.floor((picture.height * input.width) / input.height));
  const height = Math.min(picture.height, Math.floor((picture.width * input.height) / input.width));
  return centred(picture, Math.max(width, 1), Math.max(height, 1));
}

function centred(picture: Size, width: number, height: number): Box {
  return {
    left: Math.floor((picture.width - width) / 2),
    top: Math.floor((picture.height - height) / 2),
    width,
    height,
  };
}
