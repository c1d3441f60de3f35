/** Runs the arm64 layers under emulation, on a machine that looks like Lambda's Graviton, and expects the labels of x64. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildArtefacts } from '../../../cdk/constructs/artefacts.ts';
import { type Check, Skipped } from '../check.ts';
import { cacheDir } from '../folders.ts';
import { assertQuiet, assertSameLabels, labelHere, labelOnLambda, model } from '../lambda-labels.ts';
import { assertCanMount } from '../lambda-root.ts';
import { nodeBinary } from '../node-binaries.ts';
import { run } from '../processes.ts';

export const arm64Check: Check = {
  name: 'Graviton (arm64, emulated) labels as x64 does',
  run: async () => {
    await assertCanMount();
    await assertCanEmulate();
    const artefacts = buildArtefacts({ arch: 'arm64', model });
    const node = await nodeBinary('arm64', 24, cacheDir);

    const labels = await labelOnLambda({ artefacts, node, nodeMajor: 24, emulation });

    assertSameLabels(labels, await labelHere());
    // ONNX Runtime reads the processor's features from /sys when it is loaded, and used to abort without them.
    assertQuiet(labels, /^(Error in cpuinfo|onnxruntime cpuid_info warning): /);
  },
};

const libraries = '/usr/aarch64-linux-gnu';

// A Graviton2's: qemu would show the /proc/cpuinfo of this machine's x64 processor.
const emulation = {
  command: ['qemu-aarch64', '-cpu', 'neoverse-n1', '-L', libraries],
  cpuinfo: join(import.meta.dirname, '../cpuinfo.arm64'),
};

/** @throws Skipped */
async function assertCanEmulate(): Promise<void> {
  const missing = ['libc.so.6', 'libstdc++.so.6', 'libgcc_s.so.1', 'libatomic.so.1']
    .map((name) => join(libraries, 'lib', name))
    .filter((path) => !existsSync(path));
  await run('qemu-aarch64', ['--version'], { env: process.env, timeoutMs: 5000 }).catch(() =>
    missing.unshift('qemu-aarch64'),
  );
  if (missing.length === 0) return;
  throw new Skipped(`no ${missing.join(', ')}: apt-get install ${packages}`);
}

const packages =
  'qemu-user libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross libatomic1-arm64-cross';
