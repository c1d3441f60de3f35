/** Preprocessing options, shared by `tensor` and `model`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Size } from '../../functions/classify/tensor/frame.ts';
import {
  interpolations,
  modes,
  orders,
  orientations,
  policies,
} from '../../functions/classify/tensor/names.ts';
import { recipeNames } from '../../layers/model/recipes.ts';

/** Adds an option for each of `PreprocessingChoices`. */
export function addPreprocessingOptions(command: Command): Command {
  command
    .addOption(recipeOption())
    .addOption(choice('mode', 'the Keras preprocessing mode', modes))
    .addOption(choice('order', 'instead of --mode: the channel order (L: grey)', orders))
    .option('--scale <N>', 'factor for pixels 0..255, such as 1/255', parseScale)
    .option('--mean <A,B,C>', 'values to subtract after scaling, in channel order', parseValues)
    .option('--std <A,B,C>', 'values to divide by at the end, above 0', parseDivisors);
  return addScalingOptions(command);
}

/** `--preprocess NAME`. */
export function recipeOption(): Option {
  return choice('preprocess', 'a whole recipe; the options below override its parts', recipeNames);
}

/** Adds the options that decide which pixels the network sees, but not their arithmetic. */
export function addScalingOptions(command: Command): Command {
  return command
    .addOption(choice('interpolation', 'the resize filter', interpolations))
    .addOption(choice('policy', 'how an image fits another aspect ratio', policies))
    .option('--crop-fraction <N>', 'with --policy crop: fraction of the shorter side', parseFraction)
    .option(
      '--resize-to <N|WxH>',
      'with --policy resize-crop: the shorter side, or both sides, before the crop',
      parseResizeTo,
    )
    .addOption(
      choice('orientation', "apply the EXIF orientation, or ignore it as Keras' load_img does", orientations),
    );
}

/** Creates an option with a list of choices. */
export function choice(flag: string, description: string, choices: readonly string[]): Option {
  return new Option(`--${flag} <WORD>`, description).choices(choices);
}

/** Parses `224` or `320x240`, in pixels. */
export function parseSize(value: string): Size {
  const [, width, height = width] = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(value) ?? [];
  if (!Number(width) || !Number(height)) {
    throw new InvalidArgumentError('Expected WIDTHxHEIGHT in pixels, such as 320x240, or 224 for a square.');
  }
  return { width: Number(width), height: Number(height) };
}

function parseResizeTo(value: string): number | Size {
  const size = parseSize(value);
  return value.includes('x') ? size : size.width;
}

/** Parses a number or a fraction, such as 1/255. */
export function parseNumber(value: string): number {
  const [, above, below] = /^([^/]+)\/([^/]+)$/.exec(value) ?? [];
  const number = above && below ? Number(above) / Number(below) : Number(value);
  if (value.trim() === '' || !Number.isFinite(number))
    throw new InvalidArgumentError('Expected a number, or a fraction such as 1/255.');
  return number;
}

function parseScale(value: string): number {
  const scale = parseNumber(value);
  if (isFloat32(scale) && Math.fround(scale) !== 0) return scale;
  throw new InvalidArgumentError('Expected a factor other than 0, which would make all images the same.');
}

function parseFraction(value: string): number {
  const fraction = parseNumber(value);
  if (fraction > 0 && fraction <= 1) return fraction;
  throw new InvalidArgumentError('Expected a fraction above 0, up to 1 for the whole shorter side.');
}

function parseValues(value: string): number[] {
  const values = value.split(',').map(parseNumber);
  if ((values.length === 1 || values.length === 3) && values.every(isFloat32)) return values;
  throw new InvalidArgumentError('Expected a number per channel, such as 104,117,123 (one for grey).');
}

function parseDivisors(value: string): number[] {
  const divisors = parseValues(value);
  if (divisors.every((divisor) => Math.fround(divisor) > 0)) return divisors;
  throw new InvalidArgumentError('Expected numbers above 0: the pixels are divided by them.');
}

/** The arithmetic is that of float32, in which 1e39 is infinite. */
function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}
