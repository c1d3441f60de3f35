/**
 * Switches on the filters of HEVC, without which pixels are up to 9 levels off. libheif switches deblocking and sample-adaptive
 * offset off when it is compiled for JavaScript, to be faster (plugins/decoder_libde265.cc), and has no option for them.
 */
import { type WasmExports, WebAssembly } from '../shared/web-assembly.ts';
import { type Address, allocate, type Libheif, readUint32 } from './memory.ts';

type NewDecoder = (error: Address, decoder: Address, options: Address) => void;

/** Replaces the function of libheif's table that creates HEVC decoders by one that switches their filters on afterwards. */
export function switchOnFilters(libheif: Libheif, exports: WasmExports): void {
  const table = Object.values(exports).find((value) => value instanceof WebAssembly.Table);
  if (!table) throw new Error('libheif does not show its functions');
  const list = allocate(libheif, 4);
  libheif._heif_get_decoder_descriptors(compressionHevc, list, 1);
  const slot = readUint32(libheif, readUint32(libheif, list) + newDecoderOffset);
  const newDecoder = table.get(slot) as NewDecoder;
  const newFilteringDecoder: NewDecoder = (error, decoder, options) => {
    newDecoder(error, decoder, options);
    // A `libde265_decoder` begins with its context.
    const context = readUint32(libheif, readUint32(libheif, decoder));
    libheif._de265_set_parameter_bool(context, disableDeblocking, 0);
    libheif._de265_set_parameter_bool(context, disableSampleAdaptiveOffset, 0);
  };
  // A table takes only functions that WebAssembly exports.
  const { exports: relay } = new WebAssembly.Instance(relayModule, { m: { f: newFilteringDecoder } });
  table.set(slot, relay.f);
}

/** Exports the function that it imports: (module (import "m" "f" (func (param i32 i32 i32))) (export "f" (func 0))). */
const relayModule = new WebAssembly.Module(
  Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 7, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0],
    ...[2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0],
    ...[7, 5, 1, 1, 0x66, 0, 0],
  ),
);

/** The place of `new_decoder2` in a `heif_decoder_plugin` of libheif 1.23. */
const newDecoderOffset = 56;

const compressionHevc = 1;
const disableDeblocking = 7;
const disableSampleAdaptiveOffset = 8;
