/** The model layer: one model folder, as Lambda mounts it on /opt/model. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GivenLabelRules } from '../../functions/classify/network/label-rules.ts';
import {
  InvalidModel,
  type ModelManifest,
  readJson,
  readManifest,
} from '../../functions/classify/network/manifest.ts';
import { readModelLabels } from '../../functions/classify/network/model-labels.ts';
import { readLabelRules } from '../../functions/classify/network/read-label-rules.ts';
import { filesIn, writeFolder } from '../folder.ts';
import { builtModels, embeddedModels } from '../places.ts';

interface ModelLayerOptions {
  readonly modelDir: string;
  readonly outDir: string;
  /** Rules in place of the model's own ones. */
  readonly labelRules?: GivenLabelRules;
}

/**
 * Fills `outDir` with `model/`, a copy of the model folder without its dot files.
 *
 * @throws InvalidModel if `model.json` is wrong or names a missing file, InvalidLabelRules if the rules do not fit the labels.
 */
export function buildModelLayer({ modelDir, outDir, labelRules }: ModelLayerOptions): void {
  const manifest = readManifest(modelDir);
  assertComplete(modelDir, manifest);
  readModelLabels(modelDir, manifest, labelRules);
  const files = filesIn(modelDir).filter((path) => !/(^|\/)\./.test(path));
  const contents = new Map<string, Buffer>(files.map((path) => [path, readFileSync(join(modelDir, path))]));
  if (labelRules) {
    const changed = { ...(readJson(join(modelDir, 'model.json')) as object), labelRules: labelRulesFile };
    contents.set('model.json', jsonFile(changed));
    contents.set(labelRulesFile, jsonFile(labelRules.rules));
  }
  writeFolder(outDir, new Map([...contents].map(([path, bytes]) => [`model/${path}`, bytes])));
}

/**
 * Names the folder of a model's layer: `model-NAME`, with a hash of the rules that replace the model's own.
 *
 * @throws InvalidModel if `model.json` is wrong.
 */
export function modelLayerName(modelDir: string, labelRules?: GivenLabelRules): string {
  const name = `model-${readManifest(modelDir).name}`;
  if (!labelRules) return name;
  const hash = createHash('sha256').update(JSON.stringify(labelRules.rules)).digest('hex');
  return `${name}-${hash.slice(0, 8)}`;
}

/**
 * Writes a file of label rules into a model folder.
 *
 * @param manifest The folder's manifest, whose labels exist already.
 * @returns The manifest with the rules.
 * @throws InvalidLabelRules if the rules do not fit the labels.
 */
export function writeLabelRules<Manifest extends Pick<ModelManifest, 'labels' | 'ancestors'>>(
  from: string,
  folder: string,
  manifest: Manifest,
): Manifest & { readonly labelRules: string } {
  const labelRules = readLabelRules(from);
  readModelLabels(folder, manifest, labelRules);
  writeFileSync(join(folder, labelRulesFile), jsonFile(labelRules.rules));
  return { ...manifest, labelRules: labelRulesFile };
}

const labelRulesFile = 'label-rules.json';

function jsonFile(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}

/**
 * Finds a model folder by the model's name, or by a path (`./elephants`, `/models/elephants`).
 *
 * @throws InvalidModel if there is none; the message lists the models that exist.
 */
export function findModel(nameOrPath: string): string {
  const candidates = candidatesFor(nameOrPath);
  const found = candidates.find(isModel);
  if (found) return found;
  throw new InvalidModel(
    `no model ${nameOrPath}: ${candidates.join(' and ')} ${candidates.length > 1 ? 'hold' : 'holds'} no model.json. ` +
      `Take one of ${[...modelNames()].join(', ')}, the path of a model folder, or build it: npx bucketlens model NAME`,
  );
}

/** @returns A model's name unchanged, or the absolute path of its folder, for use from any working folder. */
export function withAbsolutePath(nameOrPath: string): string {
  return isPath(nameOrPath) ? resolve(nameOrPath) : nameOrPath;
}

/** Names the models that exist: embedded and built ones. */
export function modelNames(): Set<string> {
  const built = existsSync(builtModels) ? readdirSync(builtModels) : [];
  return new Set([
    ...Object.keys(embeddedModels),
    ...built.filter((name) => isModel(join(builtModels, name))),
  ]);
}

/** Tells if a model of that name, or a model folder at that path, exists. */
export function isBuilt(nameOrPath: string): boolean {
  return candidatesFor(nameOrPath).some(isModel);
}

/** Tells if a network of that name comes with the repository. */
export function isEmbedded(name: string): boolean {
  return Object.hasOwn(embeddedModels, name);
}

/** The model to use where none is named: ResNet50 once it has been built, until then the embedded network. */
export function defaultModel(): string {
  return isBuilt('resnet50') ? 'resnet50' : 'efficientnet-lite0';
}

function candidatesFor(nameOrPath: string): string[] {
  if (isPath(nameOrPath)) return [resolve(nameOrPath)];
  const embedded = isEmbedded(nameOrPath) ? [embeddedModels[nameOrPath]!] : [];
  return [...embedded, join(builtModels, nameOrPath)];
}

function isPath(nameOrPath: string): boolean {
  return /[/\\]/.test(nameOrPath);
}

function isModel(dir: string): boolean {
  return existsSync(join(dir, 'model.json'));
}

function assertComplete(modelDir: string, { file, labels, ancestors, labelRules }: ModelManifest): void {
  const missing = [file, labels, ancestors, labelRules].filter(
    (name) => name !== undefined && !existsSync(join(modelDir, name)),
  );
  if (missing.length > 0) {
    throw new InvalidModel(
      `${join(modelDir, 'model.json')} names ${missing.join(' and ')}, which is not in ${modelDir}`,
    );
  }
}
