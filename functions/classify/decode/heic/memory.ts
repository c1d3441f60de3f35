/** The functions of libheif's C interface that are used, as libheif-js exports them, and access to the memory of its instance. */

/** An address in the memory of an instance; 0 for none. */
export type Address = number;

/** Functions that return a `heif_error` take the address at which to write it first. */
export interface Libheif {
  /** The whole memory; another view after it has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): Address;
  /** Version 1.23.2 is 0x01170200. */
  _heif_get_version_number(): number;
  _heif_get_decoder_descriptors(compression: number, list: Address, most: number): number;
  _de265_set_parameter_bool(decoder: Address, parameter: number, value: 0 | 1): void;
  _heif_context_alloc(): Address;
  _heif_context_read_from_memory_without_copy(
    error: Address,
    context: Address,
    file: Address,
    bytes: number,
    options: 0,
  ): void;
  _heif_context_get_primary_image_handle(error: Address, context: Address, handle: Address): void;
  _heif_decode_image(
    error: Address,
    handle: Address,
    image: Address,
    colorspace: number,
    chroma: number,
    options: 0,
  ): void;
  _heif_image_get_width(image: Address, channel: number): number;
  _heif_image_get_height(image: Address, channel: number): number;
  _heif_image_get_plane_readonly2(image: Address, channel: number, stride: Address): Address;
}

/** Never freed: an instance serves one image. */
export function allocate(libheif: Libheif, bytes: number): Address {
  const address = libheif._malloc(bytes);
  if (address === 0) throw new Error('the decoder has no more memory');
  return address;
}

export function readUint32({ HEAPU8 }: Libheif, at: Address): number {
  return new DataView(HEAPU8.buffer, HEAPU8.byteOffset).getUint32(at, true);
}

/** A text that ends with a zero byte. */
export function readText({ HEAPU8 }: Libheif, at: Address): string {
  return Buffer.from(HEAPU8.subarray(at, HEAPU8.indexOf(0, at))).toString('utf8');
}
