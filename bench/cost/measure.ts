/** Measures the function's CPU time for some photos, cold and warm. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lambdaNode } from '../lambda-node.ts';
import { buildFunction, type FunctionProcess, type Invocation } from './function-process.ts';
import type { Measurement, ModelMeasurement, PhotoMeasurement } from './measurement.ts';
import { makeCostModels } from './models.ts';
import { type Services, startServices } from './services.ts';

// Results are medians. After fifteen images the function no longer gets faster.
const coldRuns = 5;
const warmUpRuns = 15;
const warmRuns = 15;

/**
 * Measures every model with every photo.
 *
 * @param files Images.
 * @param home The folder with the models, which are made unless they exist.
 * @param onStep Receives the name of each step as it begins.
 */
export async function measure(
  files: readonly string[],
  home: string,
  onStep: (step: string) => void,
): Promise<Measurement> {
  const node = await lambdaNode();
  onStep('making the models');
  const costModels = await makeCostModels(home);
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-cost-'));
  const services = await startServices();
  const models: ModelMeasurement[] = [];
  for (const { name, folder: modelDir } of costModels) {
    onStep(name);
    const startFunction = buildFunction(modelDir, folder, node, services.environment);
    const measured: Measured[] = [];
    for (const file of files) measured.push(await measurePhoto(file, startFunction, services));
    const { ownCopy, image } = measured[0]!;
    models.push({
      name,
      ownCopyCpuMs: round(ownCopy.cpuMs),
      imageLogBytes: image.logBytes,
      ownCopyLogBytes: ownCopy.logBytes,
      photos: measured.map(({ photo }) => photo),
    });
  }
  await services.close();
  await rm(folder, { recursive: true });
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]!.model.trim()}, ${process.platform} ${process.arch}, Node.js ${version.slice(1)}`,
    models,
  };
}

interface Measured {
  readonly photo: PhotoMeasurement;
  readonly image: Invocation;
  readonly ownCopy: Invocation;
}

async function measurePhoto(
  file: string,
  startFunction: () => FunctionProcess,
  services: Services,
): Promise<Measured> {
  const cold: Invocation[] = [];
  for (let run = 0; run < coldRuns; run++) {
    const started = startFunction();
    await services.upload(file);
    cold.push(await started.invoke(services.notification()));
    await started.close();
  }

  const images: Invocation[] = [];
  const ownCopies: Invocation[] = [];
  const started = startFunction();
  for (let run = 0; run < warmUpRuns + warmRuns; run++) {
    await services.upload(file);
    images.push(await started.invoke(services.notification()));
    ownCopies.push(await started.invoke(services.notification()));
  }
  await started.close();

  const { detailType, detail } = services.event();
  if (detailType !== 'Image Classified' || detail.writeBack !== 'written')
    throw new Error(`${file} cannot be measured: ${detailType}, ${JSON.stringify(detail)}`);
  const image = median(images.slice(warmUpRuns), 'cpuMs');
  const photo = {
    megapixels: round((detail.image.width * detail.image.height) / 1e6),
    megabytes: round(detail.size / 1e6),
    coldCpuMs: round(median(cold, 'totalCpuMs').totalCpuMs),
    warmCpuMs: round(image.cpuMs),
  };
  return { photo, image, ownCopy: median(ownCopies.slice(warmUpRuns), 'cpuMs') };
}

function median(invocations: readonly Invocation[], by: 'cpuMs' | 'totalCpuMs'): Invocation {
  return invocations.toSorted((a, b) => a[by] - b[by])[Math.floor(invocations.length / 2)]!;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
