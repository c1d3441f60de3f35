/** Node.js has the global `WebAssembly`, but @types/node does not declare it. */

export interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new () => WasmMemory;
  readonly Instance: new (compiled: WasmModule, imports: object) => WasmInstance;
}

/** Compiled code without an instance. */
export interface WasmModule {
  readonly __brand: 'WebAssembly.Module';
}

export interface WasmInstance {
  readonly exports: { readonly [name: string]: unknown };
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export const pageBytes = 65_536;

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
