/** Scans of DC coefficients in progressive files: ITU-T T.81, clause G.1.2.1. */
import type { Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import type { CodedFile } from './coded-file.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import { mcuLayout } from './mcu.ts';
import { isOver, readLine, type ScanDecoder, startScan } from './restarts.ts';

/** Opens a decoder for a DC scan. MCUs after the end of the data change nothing. */
export function openDcScan(
  file: CodedFile,
  scan: Scan,
  plan: Plan,
  rows: readonly CoefficientRow[],
): ScanDecoder {
  const { kernels, allocate, wordsAt } = file.instance;
  const { components, Ah, Al } = scan;
  const state = startScan(file, scan);
  const { across, lines, blocks } = mcuLayout(scan, plan);
  const tables = components.map(({ dc }) => (Ah === 0 ? file.dcTableAt(dc!) : 0));
  const address = allocate(4 * fieldCount * blocks.length);
  const read = Ah === 0 ? kernels.readDc : kernels.refineDc;
  const decodeRow = (mcuRow: number) => {
    if (isOver(state)) return;
    for (let line = 0; line < lines(mcuRow); line++) {
      // The kernels' `DcBlock`s.
      const fields = blocks.flatMap(({ scanIndex, frameIndex, step, dx, dy }) => {
        const values = rows[frameIndex].dcAt(mcuRow, line + dy) + 2 * dx;
        return [tables[scanIndex], state.predictions + 4 * scanIndex, values, step];
      });
      wordsAt(address, fields.length).set(fields);
      readLine(state, across, (first, end) =>
        read(state.reader.state, address, blocks.length, Al, first, end),
      );
    }
  };
  return { state, decodeRow };
}

const fieldCount = 4;
