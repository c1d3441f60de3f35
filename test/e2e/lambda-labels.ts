/** Runs the deployed function on a machine like Lambda's, and compares the results of two machines. */
import assert from 'node:assert/strict';
import { buildArtefacts } from '../../cdk/constructs/artefacts.ts';
import { readImage } from '../goldens/goldens.ts';
import { startEventBridge } from '../support/aws/eventbridge.ts';
import { notification } from '../support/aws/events.ts';
import { startS3 } from '../support/aws/s3.ts';
import { type LambdaMachine, runOnLambda } from './lambda-root.ts';

/** Outcomes of all uploads, in order. */
export interface LambdaLabels {
  /** The published events, without timings. */
  readonly events: unknown;
  /** The objects' metadata afterwards. */
  readonly metadata: unknown;
  /** The function's log. */
  readonly log: readonly string[];
  /** Other output of the process. */
  readonly stderr: string;
  readonly peakMegabytes: number;
}

/** The embedded network, which every clone has. */
export const model = 'efficientnet-lite0';

/** A picture for each kind of decoder, and a text. */
const uploads = ['rocket_640x427.jpg', 'rgb8.png', 'lossy.webp', 'photo_420.avif', 'bad_text.jpg'];

/**
 * Uploads images and invokes the function with S3's notification of each.
 *
 * @throws Error with the function's output if it fails; AssertionError if it does not label exactly the pictures.
 */
export async function labelOnLambda(machine: LambdaMachine): Promise<LambdaLabels> {
  const [s3, bus] = await Promise.all([startS3(), startEventBridge()]);
  try {
    const { stdout, stderr } = await runOnLambda(machine, {
      events: uploads.map((key) => notification(key, { eTag: s3.put(key, readImage(key)).eTag })),
      environment: {
        POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
        POWERTOOLS_SERVICE_NAME: 'Labels',
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      },
    });
    assert.deepEqual(
      bus.events.map(({ detailType, detail: { key } }) => [key, detailType]),
      uploads.map((key) => [key, key.startsWith('bad') ? 'Image Rejected' : 'Image Classified']),
    );
    const lines = stdout.trimEnd().split('\n');
    return {
      events: bus.events.map(({ detail: { timings: _, ...detail } }) => detail),
      metadata: uploads.map((key) => s3.current(key)?.headers),
      log: lines.slice(0, -1),
      stderr,
      peakMegabytes: JSON.parse(lines.at(-1)!).peakMegabytes,
    };
  } finally {
    await Promise.all([s3.close(), bus.close()]);
  }
}

/** The result on this machine's own processor, with the Node.js that runs this. */
export function labelHere(): Promise<LambdaLabels> {
  return labelOnLambda({
    artefacts: buildArtefacts({ arch: process.arch, model }),
    node: process.execPath,
    nodeMajor: Number.parseInt(process.versions.node, 10),
  });
}

/**
 * Expects the same labels, texts and order. Scores may differ by the rounding of float32 arithmetic in another order: measured
 * 7e-7 between arm64 and x64, nothing between versions of Node.js.
 *
 * @throws AssertionError
 */
export function assertSameLabels(actual: LambdaLabels, expected: LambdaLabels): void {
  assertNear(actual.events, expected.events, 1e-5);
  // Scores have four digits, the last of which may be rounded differently.
  assertNear(actual.metadata, expected.metadata, 1.1e-4);
}

/**
 * Expects no output but the log that operators read.
 *
 * @param knownNoise Lines that native code prints regardless of settings.
 * @throws AssertionError
 */
export function assertQuiet({ log, stderr }: LambdaLabels, knownNoise?: RegExp): void {
  const noise = stderr.split('\n').filter((line) => line !== '' && !knownNoise?.test(line));
  assert.deepEqual(noise, [], 'the function wrote to standard error');
  for (const line of log) assert.match(line, /^\{("_aws"|"level":"INFO")/, 'the function warns');
}

function assertNear(actual: unknown, expected: unknown, tolerance: number): void {
  assert.deepEqual(withoutScores(actual), withoutScores(expected));
  const scores = scoresIn(actual);
  for (const [index, score] of scoresIn(expected).entries()) {
    const difference = Math.abs(scores[index]! - score);
    assert(difference <= tolerance, `a score of ${score} is ${scores[index]}: more than ${tolerance} apart`);
  }
}

// "score":0.2450022 in an event; missile=0.2450,projectile=0.1651 in metadata.
const score = /(?<="score":|=)\d+(\.\d+)?(e-\d+)?/g;
function withoutScores(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(score, '0'));
}
function scoresIn(value: unknown): number[] {
  return (JSON.stringify(value).match(score) ?? []).map(Number);
}
