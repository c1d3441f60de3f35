/** The virtual environment with the Python programs of a run: the emulator, boto3 and the AWS CLI. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './folders.ts';
import { type ProgramFailed, run } from './processes.ts';

/** There is no suitable Python, or its packages cannot be downloaded. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

// The emulator requires exactly this botocore.
const packages = ['ministack==1.5.33', 'boto3==1.43.106', 'botocore==1.43.106', 'awscli==1.46.3'];
const leastMinor = 10;

/**
 * The `bin` folder of the virtual environment, which is made if missing (15 s, 130 MB).
 *
 * @throws NoPython
 */
export async function preparePython(): Promise<string> {
  const folder = join(cacheDir, `python-${packages.map((name) => name.replace(/.*==/, '')).join('-')}`);
  const bin = join(folder, 'bin');
  // Written last: without it the environment is incomplete.
  const seal = join(folder, 'complete');
  if (existsSync(seal)) return bin;
  rmSync(folder, { recursive: true, force: true });

  const python = await findPython();
  await make(
    python,
    ['-m', 'venv', folder],
    'the virtual environment could not be created; on Debian and Ubuntu, install python3-venv',
  );
  const install = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--disable-pip-version-check'];
  await make(join(bin, 'python'), [...install, ...packages], `${packages.join(', ')} could not be fetched`);
  writeFileSync(seal, '');
  return bin;
}

async function findPython(): Promise<string> {
  const found: string[] = [];
  for (const python of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const version = await versionOf(python);
    if (version === undefined) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && minor! >= leastMinor) return python;
    found.push(`${python} is ${version}`);
  }
  throw new NoPython(
    `the emulator of AWS needs Python 3.${leastMinor} or later, and ${found.join(', ') || 'there is no python3'} on PATH; install it and run this again`,
  );
}

function versionOf(python: string): Promise<string | undefined> {
  return run(python, ['-c', 'import platform; print(platform.python_version())'], {
    env: process.env,
    timeoutMs: 10_000,
  }).then(
    (version) => version.trim(),
    () => undefined,
  );
}

async function make(program: string, args: readonly string[], otherwise: string): Promise<void> {
  await run(program, args, { env: process.env, timeoutMs: 300_000 }).catch((error: ProgramFailed) => {
    throw new NoPython(`${otherwise}:\n${error.message}`);
  });
}
