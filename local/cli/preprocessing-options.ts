/** The options for preprocessing, which the commands `tensor` and `model` share. */
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
  return command
    .addOption(choice('preprocess', 'a whole recipe; the options below override its parts', recipeNames))
    .addOption(choice('mode', "the pixels' arithmetic, by Keras' name", modes))
    .addOption(choice('order', 'or spelled out: the order of the channels (L: grey)', orders))
    .option(
      '--scale <N>',
      'the factor that pixels 0..255 are multiplied by first, such as 1/255',
      parseNumber,
    )
    .option('--mean <A,B,C>', 'the values then subtracted, in the order of the channels', parseValues)
    .option('--std <A,B,C>', 'the values then divided by', parseValues)
    .addOption(choice('interpolation', 'the filter of the resize', interpolations))
    .addOption(choice('policy', 'how an image meets another aspect', policies))
    .option('--crop-fraction <N>', 'with --policy crop: the share of the shorter side', parseNumber)
    .option(
      '--resize-to <N|WxH>',
      'with --policy resize-crop: the shorter side before the cut, or both',
      parseResizeTo,
    )
    .addOption(choice('orientation', "upright by EXIF, or as stored like Keras' load_img", orientations));
}

/** An option that takes one of several words. */
export function choice(flag: string, description: string, choices: readonly string[]): Option {
  return new Option(`--${flag} <WORD>`, description).choices(choices);
}

/** Parses `224` or `320x240`, in pixels. */
export function parseSize(value: string): Size {
  const [, width, height = width] = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(value) ?? [];
  if (!Number(width) || !Number(height)) {
    throw new InvalidArgumentError('It is WIDTHxHEIGHT in pixels, 320x240 for example, or 224 for a square.');
  }
  return { width: Number(width), height: Number(height) };
}

function parseResizeTo(value: string): number | Size {
  const size = parseSize(value);
  return value.includes('x') ? size : size.width;
}

/** Parses a number or a fraction, such as 1/255. */
function parseNumber(value: string): number {
  const [, above, below] = /^([^/]+)\/([^/]+)$/.exec(value) ?? [];
  const number = above && below ? Number(above) / Number(below) : Number(value);
  if (value.trim() === '' || !Number.isFinite(number))
    throw new InvalidArgumentError('It is a number, or a fraction such as 1/255.');
  return number;
}

function parseValues(value: string): number[] {
  const values = value.split(',').map(parseNumber);
  if (values.length === 1 || values.length === 3) return values;
  throw new InvalidArgumentError('It is a number for each channel: 104,117,123 (or one, for grey).');
}
