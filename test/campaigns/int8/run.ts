/**
 * npm run int8 -- --python PATH --photos FOLDER [--network FOLDER] [--docs]: quantises a built network with the same photos twice, as
 * `bucketlens model --precision int8` does and with ONNX Runtime's own tool, and compares both with float32 on the other photos.
 * Without --network it takes the embedded EfficientNet-Lite0. With --docs the table in the docs has the new rows.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createHead } from '../../../functions/classify/network/head.ts';
import { readJson, readManifest } from '../../../functions/classify/network/manifest.ts';
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { dividePhotos, type Photos, readPhotos } from '../../../layers/model/int8/photos.ts';
import { quantise } from '../../../layers/model/int8/quantise.ts';
import { loadNetwork } from '../../../layers/model/onnx/optimise.ts';
import { findPhotos } from '../../../local/cli/models/photos.ts';
import { compare } from './compare.ts';
import { type Int8Row, lineOf, updateTable } from './table.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    photos: { type: 'string' },
    network: {
      type: 'string',
      default: join(import.meta.dirname, '../../../layers/model/efficientnet-lite0'),
    },
    docs: { type: 'boolean', default: false },
  },
});
if (!values.photos) throw new Error('--photos FOLDER is missing: the photos to calibrate and judge with');
const run = promisify(execFile);
const documentPath = join(import.meta.dirname, '../../../docs/measurements/int8.md');
const manifest = readManifest(values.network);
const { input, output } = manifest;
if (input.layout !== 'NCHW')
  throw new Error(`${manifest.name} takes ${input.layout}; quantise.py feeds NCHW`);
const scratch = await mkdtemp(join(tmpdir(), 'bucketlens-int8-'));
try {
  const photos = await findPhotos(values.photos);
  const { calibrating, judging } = dividePhotos(await distinct(photos));
  const calibration = { input: input.name, images: await tensorsOf(calibrating, photos) };
  const float = await foldedNetwork();
  const ours = join(scratch, 'ours');
  await mkdir(ours);
  const paths = {
    Bucketlens: await quantise(float, calibration, ours),
    ...(await byOnnxRuntime(float, calibration.images)),
  };
  const { length: classes } = readJson(join(values.network, manifest.labels)) as unknown[];
  const judged = { input, output, head: createHead(output, classes) };
  const comparisons = await compare(float, paths, judged, await tensorsOf(judging, photos));
  const date = new Date().toISOString().slice(0, 10);
  const rows = comparisons.map(
    (comparison): Int8Row => ({ photos: basename(values.photos!), ...comparison, date }),
  );
  console.log(rows.map(lineOf).join('\n'));
  if (values.docs) await writeDocument(rows);
} finally {
  await rm(scratch, { recursive: true });
}

/** Leaves out files that repeat another one, which would calibrate and judge. */
async function distinct({ files, read }: Photos): Promise<string[]> {
  const byContent = new Map<string, string>();
  for (const file of files) {
    const digest = createHash('sha256')
      .update(await read(file))
      .digest('hex');
    if (!byContent.has(digest)) byContent.set(digest, file);
  }
  return [...byContent.values()];
}

async function tensorsOf(files: readonly string[], photos: Photos): Promise<Tensor[]> {
  const tensors: Tensor[] = [];
  for await (const tensor of readPhotos(files, photos, manifest)) tensors.push(tensor);
  return tensors;
}

/** Folds the conversion of weights stored in 16 bits, which ONNX Runtime's tool would not see through. */
async function foldedNetwork(): Promise<string> {
  const path = join(scratch, 'float32.onnx');
  const options = { graphOptimizationLevel: 'basic', optimizedModelFilePath: path } as const;
  const session = await loadNetwork(join(values.network, manifest.file), options);
  await session.release();
  return path;
}

async function byOnnxRuntime(network: string, images: readonly Tensor[]): Promise<Record<string, string>> {
  const file = join(scratch, 'images.f32');
  await writeFile(
    file,
    Buffer.concat(images.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  );
  const script = join(import.meta.dirname, 'quantise.py');
  const { stdout } = await run(
    values.python,
    [script, network, file, `${input.height}`, `${input.width}`, scratch],
    {
      maxBuffer: 1e8,
    },
  );
  const tool = `ONNX Runtime ${stdout.trim().split('\n').at(-1)}`;
  return {
    [`${tool}, MinMax`]: join(scratch, 'minmax.onnx'),
    [`${tool}, Percentile 99.999`]: join(scratch, 'percentile.onnx'),
  };
}

async function writeDocument(rows: readonly Int8Row[]): Promise<void> {
  const text = await readFile(documentPath, 'utf8');
  const [before, table = ''] = text.split('<!-- table -->');
  await writeFile(documentPath, `${before}<!-- table -->\n\n${updateTable(table, rows)}\n`);
}
