/** The memory that all scans of a file share: a piece of its bytes, and the Huffman tables with their lookups. */
import type { Address, KernelInstance } from '../../shared/kernels.ts';
import { checkDcTable, type HuffmanTable } from '../syntax/huffman.ts';
import { naturalOrder } from '../transform/zigzag.ts';

export interface CodedFile {
  readonly bytes: Buffer;
  readonly instance: KernelInstance;
  /** The addresses of a few bytes or more of the file from position `at`, unless it ends; valid until the next call. */
  readonly pieceAt: (at: number) => { readonly start: Address; readonly end: Address };
  /** The address of a table with its lookup. */
  readonly tableAt: (table: HuffmanTable) => Address;
  /** The same for a DC table. @throws {CorruptImage} it has symbols of AC tables */
  readonly dcTableAt: (table: HuffmanTable) => Address;
  /** The address of an AC table of sequential scans, with lookups of pairs and, if some blocks are skipped, of skips. */
  readonly acTableAt: (table: HuffmanTable, skips: boolean) => Address;
  /** Stores quantization steps row by row. */
  readonly storeSteps: (steps: Int32Array) => Address;
}

export function openCodedFile(instance: KernelInstance, bytes: Buffer): CodedFile {
  const { kernels, allocate, bytesAt, shortsAt } = instance;
  const piece = allocate(pieceBytes + vectorBytes);
  let from = 0;
  let end = 0;
  const stored = new Map<HuffmanTable, Address>();
  const tableAt = (table: HuffmanTable) => {
    const known = stored.get(table);
    if (known !== undefined) return known;
    const address = allocate(kernels.huffmanTableBytes());
    bytesAt(address, table.counts.length).set(table.counts);
    bytesAt(address + table.counts.length, table.symbols.length).set(table.symbols);
    kernels.buildTable(address);
    stored.set(table, address);
    return address;
  };
  return {
    bytes,
    instance,
    pieceAt: (at) => {
      if (at < from || at + leastBytes > end) {
        const read = bytes.subarray(at, at + pieceBytes);
        bytesAt(piece, read.length).set(read);
        from = at;
        end = at + read.length;
      }
      return { start: piece + at - from, end: piece + end - from };
    },
    tableAt,
    dcTableAt: (table) => {
      checkDcTable(table);
      return tableAt(table);
    },
    acTableAt: (table, skips) => {
      const isNew = !stored.has(table);
      const address = tableAt(table);
      if (isNew) kernels.buildPairs(address);
      if (isNew && skips) kernels.buildSkips(address);
      return address;
    },
    storeSteps: (steps) => {
      const address = allocate(128);
      const inOrder = shortsAt(address, 64);
      steps.forEach((step, k) => {
        inOrder[naturalOrder[k]] = step;
      });
      return address;
    },
  };
}

const pieceBytes = 16_384;
/** Small, but enough to make progress. */
const leastBytes = 16;
/** Kernels read whole vectors. */
const vectorBytes = 16;
