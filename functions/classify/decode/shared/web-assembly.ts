/** Node.js has the global `WebAssembly`, but @types/node does not declare it. */

export interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new () => WasmMemory;
  readonly Table: new () => WasmTable;
  readonly Instance: new (compiled: WasmModule, imports: object) => WasmInstance;
}

/** Compiled code without an instance. */
export interface WasmModule {
  readonly __brand: 'WebAssembly.Module';
}

export interface WasmInstance {
  readonly exports: WasmExports;
}

export interface WasmExports {
  readonly [name: string]: unknown;
}

/** The functions that WebAssembly calls by number. */
export interface WasmTable {
  get(index: number): unknown;
  set(index: number, exported: unknown): void;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export const pageBytes = 65_536;

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
