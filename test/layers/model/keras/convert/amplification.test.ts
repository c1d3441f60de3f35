import { describe, expect, it } from 'vitest';
import { amplificationOf } from '../../../../../layers/model/keras/convert/amplification.ts';
import { createGraph } from '../../../../../layers/model/onnx/graph.ts';

type Step = readonly [opType: string, numbers?: readonly number[]];

/** The arithmetic in the given order, and a convolution after it. */
function graphOf(steps: readonly Step[]) {
  const graph = createGraph('a test', 'images');
  let last = 'images';
  for (const [opType, numbers] of steps) {
    const table = numbers && [graph.weight('table', [numbers.length], () => Float32Array.from(numbers))];
    last = graph.node(opType, opType, [last, ...(table ?? [])]);
  }
  const kernel = graph.weight('kernel', [1, 3, 1, 1], () => new Float32Array(3).fill(1000));
  graph.node('Conv', 'convolution', [last, kernel]);
  return graph;
}

describe('the amplification of pixels', () => {
  it.each<[string, Step[], number]>([
    ['a network without arithmetic', [], 1],
    ['means that are subtracted', [['Sub', [104, 117, 124]]], 1],
    [
      'x / 127.5 - 1',
      [
        ['Div', [127.5]],
        ['Sub', [1]],
      ],
      1,
    ],
    [
      'x / 255, then statistics of the scaled images',
      [
        ['Mul', [1 / 255]],
        ['Sub', [0.5]],
        ['Div', [0.2]],
      ],
      1,
    ],
    ['statistics of raw images', [['Transpose'], ['Sub', [120]], ['Div', [60, 58, 57]]], 1],
    [
      'statistics of images that were scaled before',
      [
        ['Sub', [0.5]],
        ['Div', [0.2, 0.25, 0.5]],
      ],
      5,
    ],
    [
      '2 x - 1',
      [
        ['Mul', [2]],
        ['Sub', [1]],
      ],
      2,
    ],
    [
      '255 x, then x / 255',
      [
        ['Mul', [255]],
        ['Mul', [1 / 255]],
      ],
      255,
    ],
  ])('of %s', (_, steps, expected) => {
    expect(amplificationOf(graphOf(steps), 'images')).toBeCloseTo(expected, 4);
  });
});
