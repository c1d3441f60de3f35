/** The memory of the samples: for each component two rows of MCUs. */
import type { Address, KernelInstance } from '../../shared/kernels.ts';
import type { Component, Plan } from '../syntax/sampling-plan.ts';

export interface Plane {
  readonly component: Component;
  /** Blocks in a line, including those that only pad the last MCU. */
  readonly blocksInLine: number;
  /** Samples between two rows. */
  readonly stride: number;
  /** The address of a row of samples. Two rows of MCUs are kept; samples that are not decoded are 128. */
  readonly rowAt: (y: number) => Address;
  /** The address of a byte for each block of a line: 0 if it holds no needed sample. */
  readonly neededAt: (blockY: number) => Address;
  /** A bit for each of the 8 rows of samples of a line of blocks, set if one is needed. */
  readonly neededRows: (blockY: number) => number;
}

export function openPlanes(instance: KernelInstance, { components, mcusAcross }: Plan): Plane[] {
  const { allocate, bytesAt } = instance;
  return components.map((component) => {
    const { h, v, across, down } = component;
    const blocksInLine = mcusAcross * h;
    const stride = 8 * blocksInLine;
    const needed = allocate(blocksInLine);
    const none = allocate(blocksInLine);
    const samples = allocate(16 * v * stride + vectorBytes);
    bytesAt(needed, blocksInLine).set(across.needed);
    bytesAt(samples, 16 * v * stride).fill(128);
    return {
      component,
      blocksInLine,
      stride,
      rowAt: (y) => samples + (y % (16 * v)) * stride,
      neededAt: (blockY) => (down.needed[blockY] === 0 ? none : needed),
      neededRows: (blockY) => down.needed[blockY],
    };
  });
}

/** Kernels read whole vectors. */
const vectorBytes = 16;
