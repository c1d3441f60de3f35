/** bucketlens tensor: writes the network input of local image files as a NumPy array. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { printable } from '../../functions/classify/image/printable.ts';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { orderOf } from '../../functions/classify/tensor/arithmetic.ts';
import type { Size } from '../../functions/classify/tensor/frame.ts';
import type { InputShape, Tensor } from '../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { findModel } from '../../layers/model/layer.ts';
import { choosePreprocessing, type PreprocessingChoices } from '../../layers/model/preprocessing.ts';
import { kerasResnetPreprocessing } from '../../layers/model/recipes.ts';
import type { NetworkFeed } from '../pixels/read-seen-picture.ts';
import type { Position } from '../pixels/seen-picture.ts';
import { addHeicOption, createCommand } from './command.ts';
import { findFiles, readBytes } from './images/files.ts';
import { encodeNpyHeader } from './images/npy.ts';
import { describeTrace, tracePixel } from './images/trace-pixel.ts';
import { onInterruption } from './interruption.ts';
import { describeReplaced } from './output/array-file.ts';
import { addPreprocessingOptions, choice, parseSize } from './preprocessing-options.ts';
import { startProgress } from './progress.ts';

const help = `
With --model the array is what that model's network gets. Otherwise, without options for preprocessing, it is that of
--preprocess keras: load_img and ResNet50's preprocess_input, upright.
  torchvision    Resize(256), CenterCrop(224), ToTensor, Normalize      bilinear
  timm           the same with its default filter                       bicubic
  keras-dataset  image_dataset_from_directory: values 0..255, float32   tf-bilinear

Examples:
  npx bucketlens tensor --pixel 112,80 cat.png        one pixel, step by step
  npx bucketlens tensor --orientation ignore -o cat.npy cat.png        compare it with Keras:

  x = keras.applications.resnet50.preprocess_input(keras.utils.img_to_array(keras.utils.load_img('cat.png', target_size=(224, 224))))
  numpy.array_equal(x, numpy.load('cat.npy')[0])

The array has one image per file, in the order given. If any file fails, no array is written. Only arrays are ever replaced.
Exit code: 0 if the array was written, 1 if any file failed, 2 on wrong usage.`;

export function tensorCommand(): Command {
  const command = createCommand('tensor')
    .description("Write a network's input as a NumPy array: (n, 224, 224, 3) or (n, 3, 224, 224), float32.")
    .argument('<FILE...>', "image files, folders, patterns in quotes, or '-' for standard input");
  return addHeicOption(addPreprocessingOptions(command))
    .option('--model <NAME>', 'a model, by name or folder, whose preprocessing the other options override')
    .addOption(choice('layout', 'the order of the axes (default: nhwc)', ['nhwc', 'nchw']))
    .addOption(new Option('--size <WxH>', 'width and height (default: 224x224)').argParser(parseSize))
    .option('-o, --output <OUT.npy>', 'file to write')
    .addOption(
      new Option('--pixel <X,Y>', "instead: print one pixel's values from the file to the network")
        .argParser(parsePosition)
        .conflicts('output'),
    )
    .option('--json', 'print the shape, or each file that failed, as JSON objects, one per line')
    .addHelpText('after', help)
    .action(run);
}

interface Options extends PreprocessingChoices {
  readonly model?: string;
  readonly layout?: 'nhwc' | 'nchw';
  readonly size?: Size;
  readonly output?: string;
  readonly pixel?: Position;
  readonly json?: true;
}

async function run(args: string[], options: Options, command: Command): Promise<void> {
  const { output, pixel, json, model, layout, size, ...choices } = options;
  const base = model === undefined ? kerasResnet : readManifest(findModel(model));
  const input: InputShape = {
    layout: layout === undefined ? base.input.layout : layout === 'nhwc' ? 'NHWC' : 'NCHW',
    ...(size ?? { width: base.input.width, height: base.input.height }),
  };
  const preprocess = choosePreprocessing(choices, base.preprocess, input);
  const files = await findFiles(args);
  if (output !== undefined) {
    const replaced = await describeReplaced(output, files);
    if (replaced) command.error(`error: ${replaced}`);
    return writeArray(output, files, { input, preprocess }, json);
  }
  if (pixel === undefined) command.error('error: give --output <OUT.npy>, or --pixel <X,Y>');
  if (pixel.x >= input.width || pixel.y >= input.height) {
    command.error(
      `error: --pixel ${pixel.x},${pixel.y} is outside of the input, which is ${input.width}x${input.height}; positions start at 0,0`,
    );
  }
  await printPixels(pixel, files, { input, preprocess }, json);
}

/** Prints one pixel of every file. */
async function printPixels(
  at: Position,
  files: readonly string[],
  model: NetworkFeed,
  json: true | undefined,
): Promise<void> {
  for (const file of files) {
    try {
      const trace = await tracePixel(await readBytes(file), at, model);
      console.log(
        json ? JSON.stringify({ file, ...trace }) : describeTrace(printable(file), at, model.input, trace),
      );
    } catch (error) {
      reportFailure(file, error as Error, json);
      process.exitCode = 1;
    }
  }
}

function reportFailure(file: string, { name, message }: Error, json: true | undefined): void {
  if (json) console.log(JSON.stringify({ file, error: { name, message } }));
  else console.error(printable(`${file}: ${name}: ${message}`));
}

async function writeArray(
  output: string,
  files: readonly string[],
  model: NetworkFeed,
  json: true | undefined,
): Promise<void> {
  const { input, preprocess } = model;
  const shape = [files.length, ...axesOf(input, orderOf(preprocess.mode).length)];
  // Renamed into place when complete: a reader never sees half an array.
  const partial = `${output}.${process.pid}.part`;
  const removePartial = () => rm(partial, { force: true });
  const forget = onInterruption(removePartial);
  const target = await openPartial(output, partial);
  try {
    await target.appendFile(encodeNpyHeader(shape));
    const failures = await writeTensors(target, files, model, json).finally(() => target.close());
    if (failures === 0) await rename(partial, output);
    else process.exitCode = 1;
    if (failures === 0 && json) console.log(JSON.stringify({ output, shape }));
  } finally {
    await removePartial();
    forget();
  }
}

function parsePosition(value: string): Position {
  const [, x, y] = /^(\d{1,4}),(\d{1,4})$/.exec(value) ?? [];
  if (x === undefined || y === undefined) {
    throw new InvalidArgumentError('Expected X,Y, from the left and from the top, such as 112,80.');
  }
  return { x: Number(x), y: Number(y) };
}

/** The input of keras.applications' ResNets, where no model is named. */
const kerasResnet = {
  input: { layout: 'NHWC', width: 224, height: 224 },
  preprocess: kerasResnetPreprocessing,
} as const;

function axesOf({ layout, width, height }: InputShape, channels: number): number[] {
  return layout === 'NHWC' ? [height, width, channels] : [channels, height, width];
}

async function openPartial(output: string, partial: string): Promise<FileHandle> {
  const existing = await stat(output).catch(() => undefined);
  if (existing?.isDirectory()) throw new Error(`${output} is a folder; give a file in it with --output`);
  return open(partial, 'w').catch(({ code }: NodeJS.ErrnoException) => {
    const folder = dirname(output);
    const reason =
      code === 'ENOENT' ? 'does not exist; create it first' : `is not writable (${code}); choose another`;
    throw new Error(`cannot write ${output}: the folder ${folder} ${reason}`);
  });
}

/**
 * Appends the tensor of each file. Continues after a file that fails, so that every failure is reported.
 *
 * @returns The number of failures.
 */
async function writeTensors(
  target: FileHandle,
  files: readonly string[],
  model: NetworkFeed,
  json: true | undefined,
): Promise<number> {
  let failures = 0;
  const progress = startProgress('{value} of {total} files, {eta_formatted} left');
  for (const [done, file] of files.entries()) {
    progress.update(done, files.length);
    const tensor = await readTensor(file, model).catch((error: Error) => {
      reportFailure(file, error, json);
      failures++;
    });
    if (tensor && failures === 0) await target.appendFile(new Uint8Array(tensor.data.buffer));
  }
  progress.end();
  return failures;
}

async function readTensor(file: string, model: NetworkFeed): Promise<Tensor> {
  return (await readImage(await readBytes(file), defaultLimits, model)).toTensor();
}
