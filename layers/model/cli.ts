/** npm run model: weights from Keras or a network in ONNX -> a model layer. */
import { join, relative } from 'node:path';
import { SingleBar } from 'cli-progress';
import { InvalidArgumentError, Option } from 'commander';
import type { ModelManifest } from '../../functions/classify/manifest.ts';
import { createCommand } from '../../local/command.ts';
import { megabytes } from '../size.ts';
import type { ModelRequest } from './build-model.ts';
import { publishedWeights } from './catalogue.ts';
import type { Precision } from './check.ts';
import type { Download } from './download.ts';
import { isEmbedded } from './layer.ts';
import type { Size } from './network.ts';
import type { PreprocessingChoices } from './preprocessing.ts';
import { findSource } from './source.ts';

const examples = `
Examples:
  npm run model -- resnet50
  npm run model -- flowers --from flowers.keras --labels flowers.txt
  npm run model -- cats --from cats.onnx --labels cats.json --order BGR --mean 104,117,123

Keras files may be ResNet50, 101 or 152 (version 1) with any number of classes, saved as .keras, .h5 or .weights.h5.
For ONNX files the preprocessing has to be given, unless a model.json lies beside them.
Afterwards: npm start -- --model NAME, or npm run deploy -- --context model=NAME`;

interface Options extends PreprocessingChoices {
  readonly from?: string;
  readonly labels?: string;
  readonly ancestors?: string;
  readonly precision: Precision;
  readonly size?: Size;
  readonly licence?: string;
}

const parseName = (value: string): string => {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) {
    throw new InvalidArgumentError('It is 1 to 64 of a-z 0-9 . _ - and stands on every object.');
  }
  if (isEmbedded(value)) {
    throw new InvalidArgumentError('That is the name of the embedded network: take another one.');
  }
  return value;
};

const parseSize = (value: string): Size => {
  const [, width, height = width] = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(value) ?? [];
  if (!Number(width) || !Number(height)) throw new InvalidArgumentError('It is in pixels: 224, or 320x240.');
  return { width: Number(width), height: Number(height) };
};

const parseNumber = (value: string): number => {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('It is a number.');
  return number;
};

const parseTriple = (value: string): [number, number, number] => {
  const [first, second, third, ...rest] = value.split(',').map(parseNumber);
  if (first === undefined || second === undefined || third === undefined || rest.length > 0) {
    throw new InvalidArgumentError('It is three numbers, one for each channel: 104,117,123.');
  }
  return [first, second, third];
};

const choice = (flag: string, description: string, choices: readonly string[]) =>
  new Option(`--${flag} <WORD>`, description).choices(choices);

const program = createCommand('npm run model --')
  .description(`Builds the model layer NAME. Fetched by name: ${Object.keys(publishedWeights).join(', ')}.`)
  .argument('<NAME>', 'the name of the model, as it will stand on objects and in events', parseName)
  .option('--from <FILE|URL>', 'a Keras file (.keras, .h5, .weights.h5) or an ONNX file')
  .option('--labels <FILE>', "the classes' names: a JSON list, Keras' class index, or one a line")
  .option('--ancestors <FILE>', 'the kinds of things that classes are of, for general labels')
  .addOption(choice('precision', 'how the weights are stored', ['fp32', 'fp16']).default('fp32'))
  .option('--size <WxH>', 'the size of the input, where the network leaves it open', parseSize)
  .addOption(choice('mode', "the pixels' arithmetic, by Keras' name", ['caffe', 'tf', 'torch']))
  .addOption(choice('order', 'or spelled out: the order of the channels', ['RGB', 'BGR']))
  .option('--scale <N>', 'what pixels 0..255 are multiplied with first', parseNumber)
  .option('--mean <A,B,C>', 'what is then subtracted, in the order of the channels', parseTriple)
  .option('--std <A,B,C>', 'what it is then divided by', parseTriple)
  .addOption(
    choice('interpolation', 'the filter of the resize', [
      'nearest',
      'bilinear',
      'bicubic',
      'box',
      'hamming',
      'lanczos',
    ]),
  )
  .addOption(choice('policy', 'how an image meets another aspect', ['stretch', 'fit', 'crop']))
  .option('--crop-fraction <N>', 'with --policy crop: of the shorter side', parseNumber)
  .addOption(choice('orientation', 'upright by EXIF, or as stored', ['exif', 'ignore']))
  .option('--licence <TEXT>', "of the weights, for the model's manifest")
  .addHelpText('after', examples)
  .parse();

const build = join(import.meta.dirname, '../../build');

const main = async (
  name: string,
  { from, labels, ancestors, precision, size, licence, ...preprocessing }: Options,
): Promise<void> => {
  const source = await withProgressBar((onProgress) => findSource(name, from, onProgress));
  const request: ModelRequest = {
    name,
    source,
    precision,
    preprocessing,
    ...(labels && { labels }),
    ...(ancestors && { ancestors }),
    ...(size && { size }),
    ...(licence && { licence }),
  };
  const modelDir = join(build, 'models', name);
  // The HDF5 library takes more than a second to load, which neither --help nor a wrong argument should cost.
  const { buildModel } = await import('./build-model.ts');
  const { manifest, title, comparison, bytes } = await buildModel(request, modelDir);

  const { input, preprocess, sha256 } = manifest;
  console.log(`${name}: ${title}, ${comparison.classes} classes, from ${manifest.source}
  input    ${input.width}x${input.height} ${input.layout}, ${describe(preprocess)}
  checked  stored as ${precision}; probabilities within ${Number(comparison.difference.toPrecision(1))} of the original's
  model    ${relative('.', modelDir)}, sha256 ${sha256.slice(0, 8)}…, licence: ${manifest.licence}
  layer    ${megabytes(bytes)}`);
};

const describe = ({ mode, interpolation, policy, orientation }: ModelManifest['preprocess']): string => {
  const arithmetic =
    typeof mode === 'string'
      ? mode
      : `(${mode.order} x ${mode.scale} - ${mode.mean.join(',')}) / ${mode.std.join(',')}`;
  return `${arithmetic}, ${interpolation}, ${policy}, orientation ${orientation}`;
};

/** Draws a bar while something is downloaded; where nobody watches (not a terminal), nothing. */
const withProgressBar = async <Result>(
  run: (onProgress: Download['onProgress']) => Promise<Result>,
): Promise<Result> => {
  const bar = new SingleBar({
    format: '{bar} {percentage}% of {size}, {rate}/s, {eta_formatted} left',
    hideCursor: true,
  });
  const began = { atMs: 0, bytes: 0 };
  const onProgress = (receivedBytes: number, totalBytes = receivedBytes): void => {
    if (!began.atMs) {
      Object.assign(began, { atMs: Date.now(), bytes: receivedBytes });
      bar.start(totalBytes, receivedBytes);
    }
    const seconds = Math.max((Date.now() - began.atMs) / 1000, 0.1);
    bar.setTotal(totalBytes);
    bar.update(receivedBytes, {
      size: megabytes(totalBytes),
      rate: megabytes((receivedBytes - began.bytes) / seconds),
    });
  };
  return run(onProgress).finally(() => bar.stop());
};

try {
  await main(program.args[0]!, program.opts<Options>());
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
