/** npm run -s general: counts pictures with a certain label, with and without general labels. */
import { defaultLimits } from '../functions/classify/image/limits.ts';
import { defaultGeneralScore } from '../functions/classify/network/general.ts';
import { type ReadImage, readImage } from '../functions/classify/tensor/read-image.ts';
import { createCommand, modelOption, prepareProcess } from '../local/cli/command.ts';
import { findFiles, readBytes } from '../local/cli/images/files.ts';
import { openClassifier } from '../local/cli/images/open-classifier.ts';

prepareProcess();
const program = createCommand('npm run -s general --')
  .description('Counts pictures whose class, or whose general label, is certain.')
  .argument('<FILE...>', 'image files, folders, or patterns in quotes')
  .addOption(modelOption())
  .parse();

const { manifest, classify } = await openClassifier(program, { topK: 1 });
const counts = { pictures: 0, class: 0, general: 0 };
for (const file of await findFiles(program.args)) {
  const image = await read(file).catch(({ message }: Error) => console.error(`${file}: ${message}`));
  if (!image) continue;
  const [{ predictions, general }] = await classify(image.toTensor());
  counts.pictures++;
  const [best] = predictions;
  if (best && best.score >= defaultGeneralScore) counts.class++;
  if (general) counts.general++;
  const label = best ? `${best.label} ${percent(best.score)}` : 'no label';
  console.log(`${file}: ${label}, ${describe(general)}`);
}
console.log(`
${counts.pictures} pictures
${counts.class} (${percent(counts.class / counts.pictures)}) with a class that reaches ${defaultGeneralScore}
${counts.general} (${percent(counts.general / counts.pictures)}) with a class or a kind of thing that does`);

async function read(file: string): Promise<ReadImage> {
  return readImage(await readBytes(file), defaultLimits, manifest);
}

function describe(general: { label: string; score: number } | undefined): string {
  return general ? `in general ${general.label} ${percent(general.score)}` : 'nothing is sure';
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
