/** bucketlens tensor: local image files -> the array that a network would be fed, as a NumPy file. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import type { InputShape, Preprocessing, Tensor } from '../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { createCommand } from './command.ts';
import { findFiles, readBytes } from './images/files.ts';
import { encodeNpyHeader } from './images/npy.ts';
import { onInterruption } from './interruption.ts';
import { startProgress } from './progress.ts';

const help = `
Example, compared with Keras:
  npx bucketlens tensor --orientation ignore -o cat.npy cat.png

  x = keras.applications.resnet50.preprocess_input(keras.utils.img_to_array(keras.utils.load_img('cat.png', target_size=(224, 224))))
  numpy.array_equal(x, numpy.load('cat.npy')[0])

The array holds one image a file, in the order given; if any file fails, no array is written.
Exit code: 0 if the array was written, 1 if any file failed, 2 on wrong usage.`;

export function tensorCommand(): Command {
  return createCommand('tensor')
    .description(
      'Writes what a network would be fed, as a NumPy array: (n, 224, 224, 3) or (n, 3, 224, 224), float32.',
    )
    .argument('<FILE...>', "image files, folders, patterns in quotes, or '-' for standard input")
    .addOption(choice('mode', "the arithmetic, by Keras' name", ['caffe', 'tf', 'torch']))
    .addOption(choice('layout', 'the order of the axes', ['nhwc', 'nchw']))
    .addOption(
      choice('interpolation', 'the filter', ['nearest', 'bilinear', 'bicubic', 'box', 'hamming', 'lanczos']),
    )
    .addOption(choice('policy', 'how the image meets another aspect', ['stretch', 'fit', 'crop']))
    .addOption(
      choice('orientation', "upright by EXIF, or as stored like Keras' load_img", ['exif', 'ignore']),
    )
    .addOption(
      new Option('--size <WxH>', 'width and height')
        .argParser(parseSize)
        .default({ width: 224, height: 224 }, '224x224'),
    )
    .requiredOption('-o, --output <OUT.npy>', 'the file to write')
    .option('--json', 'print the shape, and each file that failed, as JSON objects, one a line')
    .addHelpText('after', help)
    .action(writeArray);
}

interface Options {
  readonly mode: 'caffe' | 'tf' | 'torch';
  readonly layout: 'nhwc' | 'nchw';
  readonly interpolation: Preprocessing['interpolation'];
  readonly policy: Preprocessing['policy'];
  readonly orientation: Preprocessing['orientation'];
  readonly size: { readonly width: number; readonly height: number };
  readonly output: string;
  readonly json?: true;
}

function parseSize(value: string): Options['size'] {
  const [, width, height] = /^(\d{1,4})x(\d{1,4})$/.exec(value)?.map(Number) ?? [];
  if (!width || !height) throw new InvalidArgumentError('It is WIDTHxHEIGHT in pixels, 224x224 for example.');
  return { width, height };
}

function choice(flag: string, description: string, choices: readonly string[]) {
  return new Option(`--${flag} <WORD>`, description).choices(choices).default(choices[0]);
}

async function writeArray(args: string[], options: Options): Promise<void> {
  const { output, json } = options;
  const files = await findFiles(args);
  const { width, height } = options.size;
  const shape = [files.length, ...(options.layout === 'nhwc' ? [height, width, 3] : [3, height, width])];
  // Written beside its place and moved there when whole: a reader never sees half an array.
  const partial = `${output}.${process.pid}.part`;
  const removePartial = () => rm(partial, { force: true });
  const forget = onInterruption(removePartial);
  const target = await openPartial(output, partial);
  try {
    const failures = await writeTensors(target, files, shape, options).finally(() => target.close());
    if (failures === 0) await rename(partial, output);
    else process.exitCode = 1;
    if (failures === 0 && json) console.log(JSON.stringify({ output, shape }));
  } finally {
    await removePartial();
    forget();
  }
}

async function openPartial(output: string, partial: string): Promise<FileHandle> {
  const existing = await stat(output).catch(() => undefined);
  if (existing?.isDirectory()) throw new Error(`${output} is a folder; name a file in it with --output`);
  return open(partial, 'w').catch(({ code }: NodeJS.ErrnoException) => {
    const folder = dirname(output);
    const why = code === 'ENOENT' ? 'is not there; make it first' : `takes no files (${code}); name another`;
    throw new Error(`${output} cannot be written: its folder ${folder} ${why}`);
  });
}

/**
 * Goes on after a file that fails, so that all that fail are named.
 *
 * @returns How many failed.
 */
async function writeTensors(
  target: FileHandle,
  files: readonly string[],
  shape: readonly number[],
  options: Options,
): Promise<number> {
  let failures = 0;
  const progress = startProgress('{value} of {total} files, {eta_formatted} left');
  await target.appendFile(encodeNpyHeader(shape));
  for (const [done, file] of files.entries()) {
    progress.update(done, files.length);
    const tensor = await readTensor(file, options).catch(({ name, message }: Error) => {
      if (options.json) console.log(JSON.stringify({ file, error: { name, message } }));
      else console.error(`${file}: ${name}: ${message}`);
      failures++;
    });
    if (tensor && failures === 0) await target.appendFile(new Uint8Array(tensor.data.buffer));
  }
  progress.end();
  return failures;
}

async function readTensor(file: string, { size, layout, ...preprocess }: Options): Promise<Tensor> {
  const input: InputShape = { layout: layout === 'nhwc' ? 'NHWC' : 'NCHW', ...size };
  return (await readImage(await readBytes(file), defaultLimits, { input, preprocess })).toTensor();
}
