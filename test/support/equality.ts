/** Equal bytes are equal at once: Vitest compares the elements of arrays one by one, which takes seconds for an image. */
import { expect } from 'vitest';

expect.addEqualityTesters([
  (one: unknown, other: unknown) =>
    ArrayBuffer.isView(one) &&
    ArrayBuffer.isView(other) &&
    one.constructor === other.constructor &&
    bytesOf(one).equals(bytesOf(other))
      ? true
      : undefined,
]);

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView) {
  return Buffer.from(buffer, byteOffset, byteLength);
}
