import { type KernelInstance, startKernels } from '../../../functions/classify/decode/shared/kernels.ts';

/** An instance whose memory tests fill and read: each call copies, so that addresses stay valid. */
export interface Memory extends KernelInstance {
  /** Copies bytes or other numbers into the memory, with unrelated bytes behind them. Returns their address. */
  put(values: Uint8Array | Int16Array | Int32Array): number;
}

export function openMemory(): Memory {
  const instance = startKernels();
  return {
    ...instance,
    put: (values) => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const at = instance.allocate(bytes.length + slack);
      const target = instance.bytesAt(at, bytes.length + slack);
      target.fill(unrelated);
      target.set(bytes);
      return at;
    },
  };
}

// Kernels read whole vectors beyond the end of their input, which must not show.
const slack = 64;
const unrelated = 0xa5;
