/** The file of a repository that holds its network, by precision. */
import { maxUnzippedBytes, megabytes } from '../../size.ts';
import { UnusableModel } from '../unusable-model.ts';

/** The precisions of published networks: those that `bucketlens model` stores, and int8. */
export const repositoryPrecisions = ['fp32', 'fp16', 'int8'] as const;
export type RepositoryPrecision = (typeof repositoryPrecisions)[number];

export interface RepositoryFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly bytes: number;
}

/** In order of preference. float16 is made of float32 where it is not published. */
const onnxNames: Readonly<Record<RepositoryPrecision, readonly string[]>> = {
  fp32: ['model.onnx'],
  fp16: ['model_fp16.onnx', 'model.onnx'],
  int8: ['model_quantized.onnx', 'model_int8.onnx', 'model_uint8.onnx'],
};
const weightNames = ['model.safetensors', 'pytorch_model.bin'];

/** A network file and the files with its weights. */
export interface NetworkFiles {
  readonly network: string;
  readonly data: readonly string[];
}

/**
 * Chooses the network of a repository: an ONNX file in `onnx/` or at the top, else the PyTorch weights.
 *
 * @param name Of the repository, for messages.
 * @throws UnusableModel if there is none, or it is too large for Lambda; the message offers what fits.
 */
export function chooseNetwork(
  files: readonly RepositoryFile[],
  precision: RepositoryPrecision,
  name: string,
): NetworkFiles {
  const found = findNetwork(files, precision);
  if (!found) throw new UnusableModel(missing(files, precision, name));
  const bytes = layerBytes(found, files, precision);
  if (bytes <= maxUnzippedBytes) return found;
  throw new UnusableModel(
    `${found.network} of ${name} makes a layer of ${megabytes(bytes)}; Lambda's limit for the function and its layers is ${megabytes(maxUnzippedBytes)}: ${smaller(files, name)}`,
  );
}

function findNetwork(
  files: readonly RepositoryFile[],
  precision: RepositoryPrecision,
): NetworkFiles | undefined {
  const paths = files.map(({ path }) => path);
  const candidates = onnxNames[precision].flatMap((file) => [`onnx/${file}`, file]);
  const network = [...candidates, ...(precision === 'int8' ? [] : weightNames)].find((path) =>
    paths.includes(path),
  );
  if (!network) return undefined;
  const data = paths.filter(
    (path) => path.startsWith(`${network}_data`) || path.startsWith(`${network}.data`),
  );
  return { network, data };
}

function layerBytes(
  { network, data }: NetworkFiles,
  files: readonly RepositoryFile[],
  precision: RepositoryPrecision,
): number {
  const bytes = files
    .filter(({ path }) => path === network || data.includes(path))
    .reduce((sum, file) => sum + file.bytes, 0);
  return precision === 'fp16' && !network.includes('fp16') ? bytes / 2 : bytes;
}

function smaller(files: readonly RepositoryFile[], name: string): string {
  const offers = (['fp16', 'int8'] as const).flatMap((precision) => {
    const found = findNetwork(files, precision);
    const bytes = found ? layerBytes(found, files, precision) : Number.POSITIVE_INFINITY;
    return bytes <= maxUnzippedBytes ? [`--precision ${precision} (${megabytes(bytes)})`] : [];
  });
  return offers.length > 0
    ? `use ${offers.join(' or ')}`
    : `none of its networks fits; use a smaller model than ${name}`;
}

function missing(files: readonly RepositoryFile[], precision: RepositoryPrecision, name: string): string {
  const published = repositoryPrecisions.filter((other) => findNetwork(files, other));
  if (published.length > 0) {
    const wayOn = precision === 'int8' ? '; to quantise it yourself, add --calibrate FOLDER with photos' : '';
    return `${name} has no network of precision ${precision}; it has ${published.map((other) => `--precision ${other}`).join(', ')}${wayOn}`;
  }
  return withoutOnnx(name);
}

/** The ways on for a repository whose network cannot be read. @param reason Besides the missing ONNX file. */
export function withoutOnnx(name: string, reason = ''): string {
  return (
    `${name} has no ONNX file (onnx/model.onnx or model.onnx)${reason}. Two ways on:\n` +
    `  export it:       pip install optimum-onnx; optimum-cli export onnx --model ${name} --task image-classification exported; then --from exported\n` +
    `  use a mirror:    many models are published again with an onnx/ folder: --from hf:onnx-community/${name.split('/').at(-1)}`
  );
}
