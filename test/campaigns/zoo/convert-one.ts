/** Converts the model in a folder, stores it as a layer would, runs it and prints the comparison as JSON: a process of its own. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { convertKeras } from '../../../layers/model/keras/convert-keras.ts';
import { optimise } from '../../../layers/model/onnx/optimise.ts';
import type { Answer, Comparison } from './comparison.ts';

const folder = process.argv[2]!;
const answer = JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8')) as Answer;
const began = performance.now();
const { onnxPath, input, outputs, base } = await convertKeras(join(folder, answer.file), {
  folder,
  isPublished: false,
  size: { width: answer.width, height: answer.height },
});
const conversionMs = performance.now() - began;
const conversionBytes = process.resourceUsage().maxRSS * 1024;

const stored = join(folder, 'stored.onnx');
const weights = join(folder, 'stored.bin');
await optimise(onnxPath, stored, weights);
const session = await InferenceSession.create(stored);
const feed = { [input.name]: new Tensor('float32', pixels(), [1, 3, input.height, input.width]) };
await session.run(feed);
const start = performance.now();
const results = await session.run(feed);
const inferenceMs = performance.now() - start;
const scores = results[outputs[0]!.name]!.data as Float32Array;

const comparison: Comparison = {
  conversionMs,
  conversionBytes,
  inferenceMs,
  layerBytes: statSync(stored).size + statSync(weights).size,
  difference: Math.max(...answer.outputs.map((score, i) => Math.abs(score - scores[i]!))),
  isTopEqual: best(answer.outputs) === best(scores),
  base: base?.name ?? '',
};
console.log(JSON.stringify(comparison));
await session.release();

/** [height, width, 3] -> [3, height, width] */
function pixels(): Float32Array {
  const bytes = readFileSync(join(folder, 'input.f32'));
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  const area = values.length / 3;
  return values.map((_, i) => values[(i % area) * 3 + Math.floor(i / area)]!);
}

function best(scores: ArrayLike<number>): number {
  const all = Array.from(scores);
  return all.indexOf(Math.max(...all));
}
