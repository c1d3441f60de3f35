/**
 * npm run supply-chain: checks the origin, licence and known vulnerabilities of everything that is installed, and writes the
 * bill of materials.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measurementPage, table, writeTables } from '../bench/page.ts';
import { createCommand } from '../local/cli/command.ts';
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

/** Packages that npm run bench and npm run api install. */
const otherFolders = ['bench/contenders/', 'docs/api/', 'test/package/oldest-cdk/'];

function main(): void {
  const { docs } = createCommand('npm run supply-chain --')
    .description('Checks what is installed: digests, install scripts, licences, known vulnerabilities.')
    .option('--docs', 'also writes docs/measurements/supply-chain.md')
    .parse()
    .opts<{ docs?: true }>();

  const [lock, manifest] = readLocked('');
  const findings: readonly (readonly [name: string, finding: Finding | string])[] = [
    ['lock file', checkLockFile(lock, manifest)],
    ...otherFolders.map(
      (folder) => [`lock file of ${folder}`, checkLockFile(...readLocked(folder))] as const,
    ),
    ['pins', checkPins(manifest)],
    ['install scripts', checkInstallScripts(lock, read('.npmrc'))],
    ['licences of dependencies', checkLicences(lock, 'dependencies')],
    ['licences of devDependencies', checkLicences(lock, 'devDependencies')],
    ['licences not named', checkUnnamedLicences(lock)],
    ['unused', findUnused()],
    ['known vulnerabilities', audit()],
    ['bill of materials', writeBillOfMaterials()],
  ];
  for (const [name, finding] of findings) print(name, finding);
  if (docs) {
    const rows = findings.map(([name, finding]) => [
      name,
      statusOf(finding),
      sentencesOf(finding).join('; '),
    ]);
    writeTables(measurementPage('supply-chain.md'), 'npm run supply-chain', table(['', '', 'found'], rows));
  }
}

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

function readLocked(folder: string): [LockFile, Manifest] {
  return [JSON.parse(read(`${folder}package-lock.json`)), JSON.parse(read(`${folder}package.json`))];
}

function findUnused(): Finding {
  const { status, stdout } = run('npx', ['knip', '--dependencies', '--no-progress']);
  return { faults: status === 0 ? [] : [stdout.trim()], summary: 'knip finds no unused dependency' };
}

function audit(): Finding | string {
  const report = JSON.parse(run('npm', ['audit', '--json']).stdout || '{}');
  return (
    checkAdvisories(report) ??
    `the registry does not answer npm audit: ${report.message?.replace(/ - \w+ https?:.*/, '') ?? 'no reason given'}`
  );
}

/** Writes a CycloneDX document of the locked packages; it does not depend on the machine. */
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

/** @param finding A finding, or the reason why there is none, which is not a failure. */
function print(name: string, finding: Finding | string): void {
  const status = statusOf(finding);
  if (status === 'FAILED') process.exitCode = 1;
  const [first, ...others] = sentencesOf(finding);
  console.log(`${status.padEnd(7)}  ${name.padEnd(32)}  ${first}`);
  for (const fault of others) console.log(`${' '.repeat(43)}${fault}`);
}

function statusOf(finding: Finding | string): 'ok' | 'FAILED' | 'unknown' {
  if (typeof finding === 'string') return 'unknown';
  return finding.faults.length > 0 ? 'FAILED' : 'ok';
}

function sentencesOf(finding: Finding | string): readonly string[] {
  if (typeof finding === 'string') return [finding];
  return finding.faults.length > 0 ? finding.faults : [finding.summary];
}

main();
