/** Runs the deployed function and layers on Lambda's versions of Node.js, and expects the results of this machine's. */
import assert from 'node:assert/strict';
import { buildArtefacts } from '../../../cdk/constructs/artefacts.ts';
import { baseMegabytes } from '../../../functions/classify/memory.ts';
import type { Check } from '../check.ts';
import { cacheDir } from '../folders.ts';
import { assertQuiet, assertSameLabels, labelHere, labelOnLambda, model } from '../lambda-labels.ts';
import { assertCanMount } from '../lambda-root.ts';
import { nodeBinary } from '../node-binaries.ts';

export const lambdaVersionChecks: readonly Check[] = ([22, 24] as const).map((nodeMajor) => ({
  name: `Lambda's Node.js ${nodeMajor} labels as this machine's does`,
  run: async () => {
    await assertCanMount();
    const artefacts = buildArtefacts({ arch: 'x64', model });
    const node = await nodeBinary('x64', nodeMajor, cacheDir);

    const labels = await labelOnLambda({ artefacts, node, nodeMajor });

    assertSameLabels(labels, await labelHere());
    assertQuiet(labels);
    const { peakMegabytes } = labels;
    assert(
      peakMegabytes < baseMegabytes,
      `small images take ${peakMegabytes} MB; functions/classify/memory.ts sets ${baseMegabytes} aside`,
    );
  },
}));
