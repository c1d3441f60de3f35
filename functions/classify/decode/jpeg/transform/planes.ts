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
  /** The address of a byte for each block of a line: 1 if it holds a needed sample, else 0. */
  readonly neededAt: (blockY: number) => Address;
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
      neededAt: (blockY) => (down.needed[blockY] === 1 ? needed : none),
    };
  });
}

/** Kernels read whole vectors. */
const vectorBytes = 16;
