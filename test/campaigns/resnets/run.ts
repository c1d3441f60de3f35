/**
 * npm run resnets -- --python PATH [--only NAME,…]: converts the weights of every ResNet of torchvision, timm and transformers, with
 * random weights, and compares the logits with PyTorch's.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../../functions/classify/network/session.ts';
import { convertPytorch } from '../../../layers/model/pytorch/convert-pytorch.ts';
import { isSmoothed } from '../../../layers/model/pytorch/resnet-names.ts';
import type { Size } from '../../../layers/model/source-network.ts';
import { UnusableModel } from '../../../layers/model/unusable-model.ts';

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, only: { type: 'string' } },
});
const run = promisify(execFile);
const script = join(import.meta.dirname, 'make_resnet.py');

/** For logits with a spread of about 1. */
const tolerance = 1e-3;

const { stdout: list } = await run(values.python, [script, '--list']);
const names = values.only?.split(',') ?? list.trim().split('\n');
let failures = 0;
for (const name of names) {
  const result = await compare(name).catch((error: Error) => error);
  const isRefusal = result instanceof UnusableModel;
  if (!isRefusal && !(typeof result === 'object' && 'difference' in result && result.difference <= tolerance))
    failures++;
  const outcome = isRefusal
    ? `refused: ${result.message.split('\n')[0]}`
    : result instanceof Error
      ? result.stack
      : `${result.title}: ${result.difference.toExponential(1)}`;
  console.log(`${name}\t${outcome}`);
}
if (failures > 0) process.exitCode = 1;

/** The largest difference of a logit over all sizes. */
async function compare(name: string): Promise<{ title: string; difference: number }> {
  // A file of weights alone does not show that these differ from plain ones; a checkpoint or a configuration names them.
  if (isSmoothed(name.replace('timm:', ''))) throw new UnusableModel('known by its name alone');
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-resnet-'));
  try {
    await run(values.python, [script, name, folder], { maxBuffer: 1e8 });
    const sizes = JSON.parse(await readFile(join(folder, 'sizes.json'), 'utf8')) as Size[];
    const results = await Promise.all(sizes.map((size, i) => compareAt(folder, size, i)));
    return {
      title: results[0]!.title,
      difference: Math.max(...results.map(({ difference }) => difference)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compareAt(folder: string, size: Size, index: number) {
  const home = await mkdtemp(join(folder, 'converted-'));
  const { onnxPath, title } = await convertPytorch(join(folder, 'weights.pth'), { size, folder: home });
  const images = await floatsIn(join(folder, `images-${index}.f32`));
  const wanted = await floatsIn(join(folder, `logits-${index}.f32`));
  const session = await openSession(onnxPath);
  const { logits } = await session.run({
    images: new Tensor('float32', images, [1, 3, size.height, size.width]),
  });
  await session.release();
  const found = logits!.data as Float32Array;
  return { title, difference: Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!))) };
}

async function floatsIn(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}
