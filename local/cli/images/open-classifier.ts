/** Opens the classifier of the model that `--model` names. */
import type { Command } from 'commander';
import {
  type Classifier,
  type ClassifierSettings,
  createClassifier,
} from '../../../functions/classify/network/classifier.ts';
import { InvalidModel } from '../../../functions/classify/network/manifest.ts';
import { findModel } from '../../../layers/model/layer.ts';

/** Exits with a sentence and code 2 if there is no such model, or 1 if it is damaged. */
export function openClassifier(program: Command, settings?: ClassifierSettings): Promise<Classifier> {
  return createClassifier(findNamed(program), settings).catch((error: unknown) => {
    if (!(error instanceof InvalidModel)) throw error;
    console.error(`error: ${error.message}`);
    process.exit(1);
  });
}

function findNamed(program: Command): string {
  try {
    return findModel(program.opts<{ model: string }>().model);
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`);
  }
}
