/**
 * npm run resnets -- --python PATH [--only NAME,…] [--docs]: converts the weights of every ResNet of torchvision, timm and
 * transformers, with random weights, and compares the logits with PyTorch's. With --docs the table in the docs has the new row after
 * each network; rows of networks that were not asked for stay.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../../functions/classify/network/session.ts';
import { convertPytorch } from '../../../layers/model/pytorch/convert-pytorch.ts';
import { isSmoothed } from '../../../layers/model/pytorch/resnet-names.ts';
import type { Size } from '../../../layers/model/source-network.ts';
import { UnusableModel } from '../../../layers/model/unusable-model.ts';
import { compareLogits, shareOfTolerance } from './comparison.ts';
import { lineOf, type ResnetRow, updateTable } from './table.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    only: { type: 'string' },
    docs: { type: 'boolean', default: false },
  },
});
/** Channel attention by convolution, group normalisation, grouped first convolutions, anti-aliasing. */
const refused = /^timm:(eca|resnet50_gn|senet154|(se)?resnex?t(aa|blur))/;
const run = promisify(execFile);
const script = join(import.meta.dirname, 'make_resnet.py');
const documentPath = join(import.meta.dirname, '../../../docs/measurements/pytorch-resnets.md');
const date = new Date().toISOString().slice(0, 10);

const { stdout: list } = await run(values.python, [script, '--list']);
const all = list.trim().split('\n');
const names = values.only?.split(',') ?? all;
for (const name of names) {
  const row = await compare(name).catch((error: Error) => rowOf(name, error));
  console.log(lineOf(row));
  if (values.docs) await writeDocument(row);
}

/** Compares at all sizes, and returns the one that uses most of its tolerance. */
async function compare(name: string): Promise<ResnetRow> {
  // A file of weights alone does not show that these differ from plain ones; a checkpoint or a configuration names them.
  if (isSmoothed(name.replace('timm:', ''))) throw new UnusableModel('known by its name alone');
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-resnet-'));
  try {
    await run(values.python, [script, name, folder], { maxBuffer: 1e8 });
    const sizes = JSON.parse(await readFile(join(folder, 'sizes.json'), 'utf8')) as Size[];
    const results = await Promise.all(sizes.map((size, i) => compareAt(folder, size, i)));
    const [worst] = results.sort((a, b) => b.share - a.share);
    if (!(worst!.share <= 1)) process.exitCode = 1;
    return { name, ...worst!, date };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compareAt(folder: string, size: Size, index: number) {
  const home = await mkdtemp(join(folder, 'converted-'));
  const { onnxPath, title } = await convertPytorch(join(folder, 'weights.pth'), { size, folder: home });
  const images = new Float32Array(await bytesOf(join(folder, `images-${index}.f32`)));
  const session = await openSession(onnxPath);
  const { logits } = await session.run({
    images: new Tensor('float32', images, [1, 3, size.height, size.width]),
  });
  await session.release();
  const comparison = compareLogits(
    logits!.data as Float32Array,
    new Float32Array(await bytesOf(join(folder, `logits-${index}.f32`))),
    new Float64Array(await bytesOf(join(folder, `logits-${index}.f64`))),
  );
  return { title, comparison, share: shareOfTolerance(comparison) };
}

async function bytesOf(path: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(path)).buffer;
}

function rowOf(name: string, error: Error): ResnetRow {
  const isRefusal = error instanceof UnusableModel;
  if (!isRefusal) console.error(error);
  if (!isRefusal || !refused.test(name)) process.exitCode = 1;
  return { name, reason: `${isRefusal ? 'refused' : 'failed'}: ${error.message.split('\n')[0]}`, date };
}

async function writeDocument(row: ResnetRow): Promise<void> {
  const text = await readFile(documentPath, 'utf8');
  const [before, table = ''] = text.split('<!-- table -->');
  await writeFile(documentPath, `${before}<!-- table -->\n\n${updateTable(table, [row], all)}\n`);
}
