/**
 * The checksum that S3 stores with objects whose uploader gives none. The client verifies it as it reads an object, by default
 * in JavaScript; docs/decisions/checksum.md compares the two.
 */
import { type Address, type Kernels, startKernels } from './decode/shared/kernels.ts';

/** CRC-64/NVME for the S3 client. */
export class Crc64Nvme {
  #inverted = allOnes;

  update(data: Uint8Array): void {
    const { kernels, tables, chunk, fill } = open();
    for (let from = 0; from < data.length; from += chunkBytes) {
      const piece = data.subarray(from, from + chunkBytes);
      fill(piece);
      this.#inverted = BigInt.asUintN(64, kernels.addCrc64(tables, chunk, piece.length, this.#inverted));
    }
  }

  async digest(): Promise<Uint8Array> {
    const digest = Buffer.alloc(8);
    digest.writeBigUInt64BE(this.#inverted ^ allOnes);
    return digest;
  }

  reset(): void {
    this.#inverted = allOnes;
  }
}

const allOnes = 2n ** 64n - 1n;
/** A socket returns at most so many at once. */
const chunkBytes = 65_536;
const tableBytes = 16 * 256 * 8;

interface Shared {
  readonly kernels: Kernels;
  readonly tables: Address;
  readonly chunk: Address;
  /** Copies bytes to the address of the chunk. */
  readonly fill: (bytes: Uint8Array) => void;
}

// One for all objects: between two calls, only the checksum has to be kept.
let shared: Shared | undefined;

function open(): Shared {
  shared ??= start();
  return shared;
}

function start(): Shared {
  const { kernels, allocate, bytesAt } = startKernels();
  const tables = allocate(tableBytes);
  const chunk = allocate(chunkBytes);
  kernels.planCrc64(tables);
  const memory = bytesAt(chunk, chunkBytes);
  return { kernels, tables, chunk, fill: (bytes) => memory.set(bytes) };
}
