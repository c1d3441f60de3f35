/** npm run supply-chain: what is installed, from where, under which licence and with what known faults; writes the bill of materials. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAdvisories } from './advisories.ts';
import { checkLicences, checkUnnamedLicences } from './licences.ts';
import {
  checkInstallScripts,
  checkLockFile,
  checkPins,
  type Finding,
  type LockFile,
  type Manifest,
} from './lock-file.ts';

const root = join(import.meta.dirname, '..');
const billOfMaterials = 'build/sbom.cdx.json';

function read(name: string) {
  return readFileSync(join(root, name), 'utf8');
}
const [lock, manifest] = readLocked('');

print('lock file', checkLockFile(lock, manifest));
// Installed by npm run bench and npm run api.
for (const folder of ['bench/contenders/', 'docs/api/'])
  print(`lock file of ${folder}`, checkLockFile(...readLocked(folder)));
print('pins', checkPins(manifest));
print('install scripts', checkInstallScripts(lock, read('.npmrc')));
print('licences of dependencies', checkLicences(lock, 'dependencies'));
print('licences of devDependencies', checkLicences(lock, 'devDependencies'));
print('licences not named', checkUnnamedLicences(lock));
print('unused', findUnused());
print('known vulnerabilities', audit());
print('bill of materials', writeBillOfMaterials());

function readLocked(folder: string): [LockFile, Manifest] {
  return [JSON.parse(read(`${folder}package-lock.json`)), JSON.parse(read(`${folder}package.json`))];
}

function findUnused(): Finding {
  const { status, stdout } = run('npx', ['knip', '--dependencies', '--no-progress']);
  return { faults: status === 0 ? [] : [stdout.trim()], summary: 'knip finds no dependency that is' };
}

function audit(): Finding | string {
  const report = JSON.parse(run('npm', ['audit', '--json']).stdout || '{}');
  return (
    checkAdvisories(report) ??
    `the registry does not answer npm audit: ${report.message ?? 'no reason given'}`
  );
}

/** CycloneDX, of the packages that are locked, on whichever machine. */
function writeBillOfMaterials(): Finding {
  const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const { status, stdout, stderr } = run('npm', ['sbom', ...options]);
  if (status !== 0) return { faults: [stderr.trim()], summary: '' };
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(join(root, billOfMaterials), stdout);
  const { specVersion, components } = JSON.parse(stdout);
  return {
    faults: [],
    summary: `${billOfMaterials}, CycloneDX ${specVersion}, ${components.length} components`,
  };
}

function run(program: string, args: readonly string[]) {
  return spawnSync(program, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
}

/** @param finding Or why nothing can be said, which is no fault. */
function print(name: string, finding: Finding | string): void {
  const isKnown = typeof finding !== 'string';
  const faults = isKnown ? finding.faults : [];
  if (faults.length > 0) process.exitCode = 1;
  const status = isKnown ? (faults.length > 0 ? 'FAILED' : 'ok') : 'unknown';
  const [first, ...others] = isKnown ? (faults.length > 0 ? faults : [finding.summary]) : [finding];
  console.log(`${status.padEnd(7)}  ${name.padEnd(32)}  ${first}`);
  for (const fault of others) console.log(`${' '.repeat(43)}${fault}`);
}
