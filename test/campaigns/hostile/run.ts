/**
 * npm run hostile: thousands of broken and malicious files through the function's own rooms, each compared with Pillow's verdict.
 * Fails if any of them crashes a process, takes too much, or is answered in a way that is not known.
 */
import { execFileSync } from 'node:child_process';
import { createCommand } from '../../../local/cli/command.ts';
import { type Group, groupOf, groups } from './corpus.ts';
import { describe, disagreementOf, reasonFor } from './disagreements.ts';
import type { Disagreement } from './exceptions.ts';
import { type Finding, maxCpuMs, maxMegabytes, type PillowVerdict, survey } from './survey.ts';
import { renderTable, type Summary } from './table.ts';
import { readVerdicts, storeVerdicts } from './verdicts.ts';

async function main(): Promise<void> {
  const options = createCommand('npm run hostile --')
    .description('Decodes hostile and broken files, and compares the answers with those of Pillow 13.')
    .option('--group <NAME>', 'only the groups whose name has this in it', '')
    .option('--every <N>', 'only every Nth file of a group', '1')
    .option('--python <PATH>', 'a Python with Pillow 13', 'python3')
    .option('--record', "stores Pillow's verdicts for those who have no Pillow")
    .option('--folder <PATH>', 'the files in there instead, as those of a test suite')
    .parse()
    .opts<{ group: string; every: string; python: string; record?: true; folder?: string }>();

  const python = hasPillow(options.python) ? options.python : undefined;
  console.log(
    python
      ? `Compared with Pillow 13 of ${options.python}.`
      : `${options.python} has no Pillow 13: compared with its stored verdicts, which know nothing of pixels.`,
  );
  const every = Number(options.every);
  const results: Result[] = [];
  const corpus = options.folder ? [groupOf(options.folder)] : groups;
  for (const group of corpus.filter(({ name }) => name.includes(options.group))) {
    console.error(`${new Date().toTimeString().slice(0, 8)} ${group.name}`);
    results.push({ group, findings: await examine(group, every, python, options.record) });
  }
  report(results);
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
  console.log(`\n${byKind.size} kinds of files are answered in another way than by Pillow:`);
  const news: string[] = [];
  for (const [kind, [first, ...others]] of byKind) {
    const why = reasonFor(disagreementOf(first) as Disagreement);
    if (!why) news.push(kind);
    console.log(`${1 + others.length} x ${kind} (${first.file.name})\n    ${why ?? 'NOT KNOWN'}`);
  }
  const faulty = findings.filter(({ faults }) => faults.length > 0);
  for (const { file, faults } of faulty) console.log(`FAULT ${file.name}: ${faults.join('; ')}`);
  console.log(
    faulty.length + news.length === 0
      ? `\nAll answered within ${maxCpuMs / 1000} s of CPU and ${maxMegabytes} MB.`
      : `\n${faulty.length} files are at fault, ${news.length} kinds of disagreement are not known.`,
  );
  process.exitCode = faulty.length + news.length === 0 ? 0 : 1;
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
