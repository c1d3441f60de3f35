/** Decompresses scanlines one at a time and holds two of them. */
import type { CheckTime } from '../../image/image.ts';
import { CorruptImage } from '../../image/rejections.ts';
import { type Address, startKernels } from '../shared/kernels.ts';
import { inflate } from './inflate.ts';
import type { Pass } from './passes.ts';
import { slackBytes, unfilter } from './unfilter.ts';

/** Takes a row of a pass; both are counted from 0. The array is reused. */
export type TakeScanline = (samples: Uint8Array, pass: number, row: number) => void;

/**
 * Inflates only as much as the scanlines need and ignores the rest. If the stream ends early but cleanly between two
 * scanlines, the remaining samples are 0, as in Pillow.
 *
 * @param data the compressed data in pieces
 * @throws {CorruptImage} the data end within a scanline, or a filter does not exist
 * @throws errors of zlib for damaged or truncated data, and whatever `checkTime` throws
 */
export async function readScanlines(
  data: readonly Uint8Array[],
  passes: readonly Pass[],
  bitsPerPixel: number,
  takeScanline: TakeScanline,
  checkTime: CheckTime,
): Promise<void> {
  const scanlines = openScanlines(passes, bitsPerPixel, takeScanline);
  const total = passes.reduce((sum, pass) => sum + pass.rows * lineBytes(pass, bitsPerPixel), 0);
  for await (const raw of inflate(data, total)) {
    scanlines.take(raw);
    if (scanlines.isComplete()) return;
    checkTime();
  }
  scanlines.finish();
}

function openScanlines(passes: readonly Pass[], bitsPerPixel: number, takeScanline: TakeScanline) {
  const step = Math.ceil(bitsPerPixel / 8);
  let pass = 0;
  let row = 0;
  let filled = 0;
  const { kernels, linesOf } = openLines(passes, bitsPerPixel);
  let [line, above] = linesOf(passes[0]);

  const isComplete = () => pass === passes.length;
  const endLine = () => {
    unfilter(kernels, line.stored[0], line.address, above.address, line.samples.length, step);
    takeScanline(line.samples, pass, row);
    [line, above] = [above, line];
    filled = 0;
    if (++row < passes[pass].rows) return;
    row = 0;
    if (++pass < passes.length) [line, above] = linesOf(passes[pass]);
  };
  const take = (raw: Uint8Array): void => {
    for (let from = 0; from < raw.length && !isComplete(); ) {
      const to = Math.min(raw.length, from + line.stored.length - filled);
      line.stored.set(raw.subarray(from, to), filled);
      filled += to - from;
      from = to;
      if (filled === line.stored.length) endLine();
    }
  };
  const finish = () => {
    if (filled > 0 || (pass === 0 && row === 0))
      throw new CorruptImage('the data end before a row of pixels does');
    while (!isComplete()) {
      line.stored.fill(0);
      endLine();
    }
  };
  return { take, isComplete, finish };
}

interface Line {
  /** Its filter number, then its samples. */
  readonly stored: Uint8Array;
  readonly samples: Uint8Array;
  /** The address of its samples. */
  readonly address: Address;
}

/** Two lines in the kernels' memory, as long as the longest of any pass. */
function openLines(passes: readonly Pass[], bitsPerPixel: number) {
  const { kernels, allocate, bytesAt } = startKernels();
  const longest = Math.max(...passes.map((pass) => lineBytes(pass, bitsPerPixel)));
  const addresses = [allocate(longest + slackBytes), allocate(longest + slackBytes)] as const;
  const lineAt = (address: Address, bytes: number): Line => {
    const stored = bytesAt(address, bytes).fill(0);
    return { stored, samples: stored.subarray(1), address: address + 1 };
  };
  const linesOf = (pass: Pass): [line: Line, above: Line] => {
    const bytes = lineBytes(pass, bitsPerPixel);
    return [lineAt(addresses[0], bytes), lineAt(addresses[1], bytes)];
  };
  return { kernels, linesOf };
}

function lineBytes({ columns }: Pass, bitsPerPixel: number) {
  return 1 + Math.ceil((columns * bitsPerPixel) / 8);
}
