/** Replaces cdk/constructs/artefacts.ts in the package, where everything is prebuilt except the layer of a custom model or with label rules. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import type { buildArtefacts as buildFromSources } from '../cdk/constructs/artefacts.ts';
import type { GivenLabelRules } from '../functions/classify/network/label-rules.ts';
import { InvalidModel } from '../functions/classify/network/manifest.ts';
import { type HeicDecoder, heicDecoderFiles } from '../functions/heic-decoder.ts';
import { filesIn, makeReadable, writeFolder } from '../layers/folder.ts';
import { cacheFolder } from '../layers/model/cache-folder.ts';
import { buildModelLayer, findModel, isBuilt, modelLayerName } from '../layers/model/layer.ts';
import { embeddedModels } from '../layers/places.ts';
import { assertFitsLambda } from '../layers/size.ts';

export const buildArtefacts: typeof buildFromSources = ({ arch, model, labelRules, heic }) => {
  const functionDir = heic ? functionWith(heic) : packagedFunction;
  const runtimeLayerDir = join(packageDir, `layers/runtime-linux-${arch}`);
  const embedded = join(packageDir, `layers/model-${model}`);
  const modelLayerDir = existsSync(embedded) && !labelRules ? embedded : ownModelLayer(model, labelRules);
  // Package managers may install files with the umask of the user.
  for (const dir of [functionDir, runtimeLayerDir, modelLayerDir]) makeReadable(dir);
  const sizes = assertFitsLambda([functionDir, runtimeLayerDir, modelLayerDir]);
  return { functionDir, runtimeLayerDir, modelLayerDir, sizes };
};

/** The folder of index.js, into which this file is bundled. */
const packageDir = import.meta.dirname;
const packagedFunction = join(packageDir, 'function');

/** Adds the decoder to a copy of the function: the installed package may be read-only, and other apps deploy it without. */
function functionWith(heic: HeicDecoder): string {
  const id = `${FileSystem.fingerprint(packagedFunction)}-${heic.version}`;
  const outDir = join(cacheFolder(), 'functions', id, 'function-with-heic');
  const contents = filesIn(packagedFunction).map((path): [string, Uint8Array] => [
    path,
    readFileSync(join(packagedFunction, path)),
  ]);
  writeFolder(outDir, new Map([...contents, ...heicDecoderFiles(heic)]));
  return outDir;
}

function ownModelLayer(model: string, labelRules: GivenLabelRules | undefined): string {
  const modelDir = isBuilt(model) ? findModel(model) : resolve(model);
  if (!existsSync(join(modelDir, 'model.json'))) {
    throw new InvalidModel(
      `no model ${model}: ${modelDir} has no model.json. Use ${Object.keys(embeddedModels).join(' or ')}, which come with the package, or the ` +
        'path of a model folder such as ./models/mine; `npx bucketlens model NAME` creates one and prints its path',
    );
  }
  // The installed package may be read-only, and two apps may have different models of the same name.
  const home = join(cacheFolder(), 'layers', FileSystem.fingerprint(modelDir));
  const outDir = join(home, modelLayerName(modelDir, labelRules));
  buildModelLayer({ modelDir, outDir, ...(labelRules && { labelRules }) });
  return outDir;
}
