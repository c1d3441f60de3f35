import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../functions/compile-kernels.ts';

describe('compileKernels', () => {
  it('compiles WebAssembly, the same each time', () => {
    const compiled = compileKernels();

    expect(compiled.subarray(0, 4).toString('latin1')).toBe('\0asm');
    expect(compileKernels().equals(compiled)).toBe(true);
  });
});
