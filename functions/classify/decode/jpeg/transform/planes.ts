/** The memory in which the kernels turn coefficients into samples: for each component a row of blocks, and two rows of MCUs. */
import type { Address, KernelInstance } from '../../shared/kernels.ts';
import type { Component, Plan } from '../syntax/sampling-plan.ts';
import { naturalOrder } from './zigzag.ts';

export interface Plane {
  readonly component: Component;
  /**
   * The address of the quantised coefficients of one row of MCUs, 16 bits each: blocks line by line, row by row of the block. All
   * are zero before each row of MCUs, and those of blocks that are not needed always.
   */
  readonly coefficients: Address;
  /** Blocks in a line, including those that only pad the last MCU. */
  readonly blocksInLine: number;
  /** The address of a row of samples. Two rows of MCUs are kept; samples that are not decoded are 128. */
  readonly rowAt: (y: number) => Address;
  /** Dequantises and transforms line `line` of the row of MCUs to the samples of line `blockY` of the component. */
  readonly transformLine: (line: number, blockY: number, quantization: Int32Array) => void;
}

export function openPlanes(instance: KernelInstance, { components, mcusAcross }: Plan): Plane[] {
  const { kernels, allocate, bytesAt, shortsAt } = instance;
  const addresses = components.map(({ h, v }) => {
    const blocksInLine = mcusAcross * h;
    return {
      blocksInLine,
      coefficients: allocate(128 * blocksInLine * v),
      quantization: allocate(128),
      needed: allocate(blocksInLine),
      samples: allocate(8 * blocksInLine * 16 * v + vectorBytes),
    };
  });
  return components.map((component, i) => {
    const { v, across, down } = component;
    const { blocksInLine, coefficients, quantization, needed, samples } = addresses[i];
    const stride = 8 * blocksInLine;
    const rowAt = (y: number) => samples + (y % (16 * v)) * stride;
    bytesAt(samples, 16 * v * stride).fill(128);
    bytesAt(needed, blocksInLine).set(across.needed);
    let stored: Int32Array | undefined;
    return {
      component,
      coefficients,
      blocksInLine,
      rowAt,
      transformLine: (line, blockY, steps) => {
        if (down.needed[blockY] === 0) return;
        if (stored !== steps) {
          const naturally = shortsAt(quantization, 64);
          steps.forEach((step, k) => {
            naturally[naturalOrder[k]] = step;
          });
          stored = steps;
        }
        const blocks = coefficients + 128 * blocksInLine * line;
        kernels.transformBlocks(blocks, blocksInLine, needed, quantization, rowAt(8 * blockY), stride);
      },
    };
  });
}

/** A view of a plane's coefficients, valid until the next allocation. */
export function coefficientsOf(
  { shortsAt }: KernelInstance,
  { component, coefficients, blocksInLine }: Plane,
): Int16Array {
  return shortsAt(coefficients, 64 * blocksInLine * component.v);
}

/** Kernels read whole vectors. */
const vectorBytes = 16;
