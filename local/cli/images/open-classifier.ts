/** Opens the classifier of the model that `--model` names. */
import type { Command } from 'commander';
import {
  type Classifier,
  type ClassifierSettings,
  createClassifier,
} from '../../../functions/classify/network/classifier.ts';
import { type GivenLabelRules, InvalidLabelRules } from '../../../functions/classify/network/label-rules.ts';
import { InvalidModel } from '../../../functions/classify/network/manifest.ts';
import { readLabelRules } from '../../../functions/classify/network/read-label-rules.ts';
import { findModel } from '../../../layers/model/layer.ts';

/** Exits with a sentence and code 2 if there is no such model or its label rules are wrong, or 1 if the model is damaged. */
export function openClassifier(program: Command, settings?: ClassifierSettings): Promise<Classifier> {
  const labelRules = readRulesOption(program);
  const all = { ...settings, ...(labelRules && { labelRules }) };
  return createClassifier(findNamed(program), all).catch((error: unknown) => {
    if (error instanceof InvalidLabelRules) return program.error(`error: ${error.message}`);
    if (!(error instanceof InvalidModel)) throw error;
    console.error(`error: ${error.message}`);
    process.exit(1);
  });
}

/** Reads the file of `--label-rules`, if it is given; exits with a sentence and code 2 if it cannot be used. */
export function readRulesOption(program: Command): GivenLabelRules | undefined {
  const { labelRules } = program.opts<{ labelRules?: string }>();
  try {
    return labelRules === undefined ? undefined : readLabelRules(labelRules);
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`);
  }
}

function findNamed(program: Command): string {
  try {
    return findModel(program.opts<{ model: string }>().model);
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`);
  }
}
