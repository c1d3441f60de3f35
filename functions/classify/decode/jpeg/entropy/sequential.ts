/** Sequential scans: ITU-T T.81, clause F.2. */
import { isSampled, type Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import type { Plane } from '../transform/planes.ts';
import type { CodedFile } from './coded-file.ts';
import { mcuLayout } from './mcu.ts';
import { readLine, type ScanDecoder, startScan } from './restarts.ts';

/** Opens a decoder of a scan, which writes the needed samples. Blocks after the end of the data are mid-grey. */
export function openSequentialScan(
  file: CodedFile,
  scan: Scan,
  plan: Plan,
  planes: readonly Plane[],
): ScanDecoder {
  const { kernels, allocate, wordsAt } = file.instance;
  const state = startScan(file, scan);
  const { across, lines, blocks } = mcuLayout(scan, plan);
  const skips = isSampled(plan);
  const codes = scan.components.map(({ dc, ac, quantization }, i) => [
    file.dcTableAt(dc!),
    file.acTableAt(ac!, skips),
    state.predictions + 4 * i,
    file.storeSteps(quantization),
  ]);
  const address = allocate(4 * fieldCount * blocks.length);
  const decodeRow = (mcuRow: number) => {
    for (let line = 0; line < lines(mcuRow); line++) {
      // The kernels' `CodedBlock`s.
      const fields = blocks.flatMap(({ component, scanIndex, frameIndex, step, dx, dy }) => {
        const { neededAt, neededRows, rowAt, stride } = planes[frameIndex];
        const blockY = mcuRow * component.v + line + dy;
        const samples = rowAt(8 * blockY) + 8 * dx;
        return [...codes[scanIndex], neededAt(blockY) + dx, neededRows(blockY), samples, stride, step];
      });
      wordsAt(address, fields.length).set(fields);
      readLine(
        state,
        across,
        (first, end) => kernels.decodeMcus(state.reader.state, address, blocks.length, first, end),
        (first, end) => kernels.blankMcus(address, blocks.length, first, end),
      );
    }
  };
  return { state, decodeRow };
}

const fieldCount = 9;
