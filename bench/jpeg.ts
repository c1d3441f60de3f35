/**
 * npm run -s bench: JPEG decoding, this decoder against jpeg-js (in @jimp/js-jpeg). Medians of interleaved runs in one
 * process, with the decoder bundled as it is shipped.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import jimpJpeg from '@jimp/js-jpeg';
import jimpPng from '@jimp/js-png';
import { buildSync } from 'esbuild';
import type * as Decoder from '../functions/classify/jpeg/decode-jpeg.ts';
import type * as Header from '../functions/classify/jpeg/header.ts';
import { nearestIndices } from '../functions/classify/resize.ts';
import { forEachRow } from '../functions/classify/rows.ts';
import { openScaler } from '../functions/classify/scaler.ts';
import { createCommand, prepareProcess } from '../local/command.ts';

const root = join(import.meta.dirname, '..');
const outDir = join(root, 'build/bench');
const rounds = 9;
const warmUpRounds = 3;
const targetSize = 224;

const help = `
Without files, it takes photo-like pictures of 2 and 12 MP, which it makes once in build/bench, and two of the test files.`;

const main = (): void => {
  prepareProcess();
  const { args } = createCommand('npm run -s bench --')
    .description('CPU milliseconds of one warm JPEG decode, against jpeg-js.')
    .argument('[FILE...]', 'JPEG files')
    .addHelpText('after', help)
    .parse();
  mkdirSync(outDir, { recursive: true });
  const decoder = bundleDecoder();
  const files = args.length > 0 ? args : defaultFiles();
  printRow(['file', 'MP', 'jpeg-js', 'full', '224x224', 'full is', '224x224 is']);
  for (const file of files) printRow(compare(file, decoder));
};

type JpegDecoder = Pick<typeof Decoder, 'decodeJpeg' | 'decodeJpegRows'> &
  Pick<typeof Header, 'readJpegHeader'>;

/** As functions/bundle.ts does it. */
const bundleDecoder = (): JpegDecoder => {
  const outfile = join(outDir, 'jpeg.cjs');
  buildSync({
    stdin: {
      contents: "export * from './decode-jpeg.ts'; export * from './header.ts';",
      resolveDir: join(root, 'functions/classify/jpeg'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
  });
  return createRequire(import.meta.url)(outfile);
};

const compare = (file: string, { decodeJpeg, decodeJpegRows, readJpegHeader }: JpegDecoder): string[] => {
  const bytes = readFileSync(file);
  const { width, height } = readJpegHeader(bytes);
  const megapixels = (width * height) / 1e6;
  const columns = nearestIndices(0, width, targetSize);
  const rows = nearestIndices(0, height, targetSize);
  const limits = { maxResolutionInMP: 1000, maxMemoryUsageInMB: 8000 };
  const [theirs, full, sampled] = medians([
    () => jimpJpeg().decode(bytes, limits),
    () => decodeJpeg(bytes, readJpegHeader(bytes)),
    () => decodeJpegRows(bytes, readJpegHeader(bytes), { columns, rows }, () => {}),
  ]);
  return [
    basename(file),
    megapixels.toFixed(1),
    ...[theirs, full, sampled].map((ms) => `${ms.toFixed(1)} ms`),
    ...[full, sampled].map((ms) => `${(theirs / ms).toFixed(1)}x less`),
  ];
};

/** CPU milliseconds of each run, all threads. */
const medians = (runs: readonly (() => unknown)[]): number[] => {
  const spent = runs.map((): number[] => []);
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    runs.forEach((run, i) => {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      if (round >= warmUpRounds) spent[i].push((user + system) / 1000);
    });
  }
  return spent.map((all) => all.sort((a, b) => a - b)[Math.floor(rounds / 2)]);
};

const defaultFiles = (): string[] => {
  const fixtures = join(root, 'test/functions/classify/jpeg/fixtures');
  return [
    generated('2mp.jpg', 1600, 1200),
    generated('12mp.jpg', 4000, 3000),
    join(fixtures, 'large_baseline.jpg'),
    join(fixtures, 'large_progressive.jpg'),
  ];
};

/** A photo, enlarged, with noise such as a camera's. The encoder at hand does not subsample: it is 4:4:4. */
const generated = (name: string, width: number, height: number): string => {
  const path = join(outDir, name);
  if (existsSync(path)) return path;
  const photo = jimpPng().decode(readFileSync(join(root, 'test/photos/coffee.png')));
  const how = { interpolation: 'bicubic', policy: 'stretch', orientation: 'ignore' } as const;
  const scaler = openScaler({ ...photo, orientation: 1 }, { width, height }, how);
  forEachRow({ ...photo, data: Uint8Array.from(photo.data) }, scaler.selection, scaler.takeRow);
  const enlarged = scaler.picture;
  const data = Buffer.alloc(4 * width * height, 255);
  let seed = 1;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const from = enlarged.offset + x * enlarged.strideX + y * enlarged.strideY;
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
      const noise = (seed >> 16) % 6;
      for (let c = 0; c < 3; c++) data[to + c] = Math.max(0, Math.min(enlarged.data[from + c] + noise, 255));
    }
  }
  writeFileSync(path, jimpJpeg().encode({ width, height, data }, { quality: 88 }));
  return path;
};

const printRow = (cells: readonly string[]): void => {
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(22) : cell.padStart(12))).join(''));
};

main();
