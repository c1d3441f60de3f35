/**
 * npm run hostile: decodes thousands of broken and malicious files with the function's own code and compares each result with
 * Pillow's. Fails if a file crashes a process, exceeds a bound, or differs from Pillow without a known reason.
 */
import { execFileSync } from 'node:child_process';
import { Option } from 'commander';
import { describeMachine, measurementPage, writeTables } from '../../../bench/page.ts';
import { createCommand } from '../../../local/cli/command.ts';
import { type Group, groupOf, groups } from './corpus.ts';
import { describe, disagreementOf, reasonFor } from './disagreements.ts';
import type { Disagreement } from './exceptions.ts';
import { type Finding, maxCpuMs, maxMegabytes, type PillowVerdict, survey } from './survey.ts';
import { renderComparison, renderTable, type Summary } from './table.ts';
import { readVerdicts, storeVerdicts } from './verdicts.ts';

async function main(): Promise<void> {
  const command = createCommand('npm run hostile --')
    .description('Decodes hostile and broken files, and compares the results with those of Pillow 13.')
    .option('--group <NAME>', 'only groups whose name contains this', '')
    .option('--every <N>', 'only every Nth file of a group', '1')
    .option('--python <PATH>', 'a Python with Pillow 13', 'python3')
    .option('--record', "stores Pillow's verdicts for machines without Pillow")
    .option('--folder <PATH>', 'the files of this folder instead, such as a test suite')
    .addOption(
      new Option('--docs', 'also writes docs/measurements/hostile.md').conflicts([
        'group',
        'every',
        'folder',
      ]),
    )
    .parse();
  const options = command.opts<Options>();

  const python = hasPillow(options.python) ? options.python : undefined;
  if (options.docs && !python) {
    command.error(
      `${options.python} has no Pillow 13, which --docs needs; give a Python that has it with --python`,
    );
  }
  console.log(
    python
      ? `Compared with Pillow 13 of ${options.python}.`
      : `${options.python} has no Pillow 13: compared with stored verdicts, which do not include pixels.`,
  );
  const every = Number(options.every);
  const results: Result[] = [];
  const corpus = options.folder ? [groupOf(options.folder)] : groups;
  for (const group of corpus.filter(({ name }) => name.includes(options.group))) {
    console.error(`${new Date().toTimeString().slice(0, 8)} ${group.name}`);
    results.push({ group, findings: await examine(group, every, python, options.record) });
  }
  report(results);
  if (options.folder && python)
    console.log(`\n${renderComparison(results.flatMap(({ findings }) => findings))}`);
  if (options.docs) {
    const tables = `${describeMachine(process.version)}\n\n${renderTable(results.map(summaryOf))}`;
    writeTables(measurementPage('hostile.md'), 'npm run hostile', tables);
  }
}

interface Options {
  readonly group: string;
  readonly every: string;
  readonly python: string;
  readonly record?: true;
  readonly folder?: string;
  readonly docs?: true;
}

interface Result {
  readonly group: Group;
  readonly findings: readonly Finding[];
}

function hasPillow(python: string): boolean {
  try {
    const version = execFileSync(python, ['-c', 'import PIL; print(PIL.__version__)'], { stdio: 'pipe' });
    return version.toString().startsWith('13.');
  } catch {
    return false;
  }
}

async function examine(
  group: Group,
  every: number,
  python: string | undefined,
  record: boolean = false,
): Promise<Finding[]> {
  const stored = readVerdicts(group);
  const indices = [...group.files.keys()].filter((index) => index % every === 0);
  const findings: Finding[] = [];
  const asked = new Map<number, PillowVerdict>();
  await survey(
    indices.map((index) => group.files[index]),
    python,
    (finding, at) => {
      findings.push({ pillow: stored[indices[at]], ...finding });
      if (finding.pillow) asked.set(indices[at], finding.pillow);
    },
  );
  if (record) storeVerdicts(group, asked);
  return findings;
}

function report(results: readonly Result[]): void {
  console.log(`\n${renderTable(results.map(summaryOf))}`);
  const findings = results.flatMap(({ findings }) => findings);
  const byKind = new Map<string, Finding[]>();
  for (const finding of findings) {
    const kind = disagreementOf(finding);
    if (kind) byKind.set(describe(kind), [...(byKind.get(describe(kind)) ?? []), finding]);
  }
  console.log(`\n${byKind.size} kinds of files give another result than with Pillow:`);
  const unknown: string[] = [];
  for (const [kind, [first, ...others]] of byKind) {
    const why = reasonFor(disagreementOf(first) as Disagreement);
    if (!why) unknown.push(kind);
    console.log(`${1 + others.length} x ${kind} (${first.file.name})\n    ${why ?? 'NO KNOWN REASON'}`);
  }
  const faulty = findings.filter(({ faults }) => faults.length > 0);
  for (const { file, faults } of faulty) console.log(`FAULT ${file.name}: ${faults.join('; ')}`);
  console.log(
    faulty.length + unknown.length === 0
      ? `\nAll within ${maxCpuMs / 1000} s of CPU and ${maxMegabytes} MB.`
      : `\n${faulty.length} files fail, ${unknown.length} kinds of differences have no known reason.`,
  );
  process.exitCode = faulty.length + unknown.length === 0 ? 0 : 1;
}

function summaryOf({ group, findings }: Result): Summary {
  const verdicts = findings.flatMap(({ verdict }) => verdict ?? []);
  return {
    group: group.name,
    files: findings.length,
    accepted: verdicts.filter(({ pixels }) => pixels).length,
    refused: verdicts.filter(({ rejection }) => rejection).length,
    slowestMs: Math.max(...verdicts.map(({ cpuMs }) => cpuMs)),
    peakMegabytes: Math.max(...verdicts.map(({ grownMegabytes }) => grownMegabytes)),
    disagreements: findings.filter((finding) => disagreementOf(finding)).length,
  };
}

await main();
