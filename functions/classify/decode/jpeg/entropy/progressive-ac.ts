/**
 * Scans of AC coefficients in progressive files (ITU-T T.81, clause G.1.2). Blocks that are not needed keep only the masks of
 * their nonzero coefficients, on which the data of refining scans depend.
 */
import type { Scan } from '../syntax/scans.ts';
import type { CodedFile } from './coded-file.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import { isOver, readLine, type ScanDecoder, startScan } from './restarts.ts';

/**
 * Opens a decoder for an AC scan. Blocks after the end of the data are left unchanged.
 *
 * @param isRefinedLater a later scan refines this band
 */
export function openAcScan(
  file: CodedFile,
  scan: Scan,
  { plane, coefficientsAt, masksAt }: CoefficientRow,
  isRefinedLater: boolean,
): ScanDecoder {
  const { kernels, allocate, wordsAt } = file.instance;
  const { components, Ss, Se, Ah, Al } = scan;
  const { v, blocksAcross, blocksDown } = plane.component;
  const state = startScan(file, scan);
  const code = [file.tableAt(components[0].ac!), Ss, Se, Al, isRefinedLater ? 1 : 0];
  const address = allocate(4 * fieldCount);
  const read = Ah === 0 ? kernels.readBands : kernels.refineBands;
  const decodeRow = (mcuRow: number) => {
    if (isOver(state)) return;
    const lines = Math.min(v, blocksDown - mcuRow * v);
    for (let line = 0; line < lines; line++) {
      const needed = plane.neededAt(mcuRow * v + line);
      // The kernels' `Band`.
      wordsAt(address, fieldCount).set([...code, needed, coefficientsAt(line), masksAt(line)]);
      readLine(state, blocksAcross, (first, end) => read(state.reader.state, address, first, end));
    }
  };
  return { state, decodeRow };
}

const fieldCount = 8;
