/** Shows a model's answer: its labels with bars, the general label, and the duration of each step. */
import type { Label } from '../../../functions/classify/write-back/read-labels.ts';
import { percent } from '../../wording.ts';
import type { Answer } from '../labelling/answer.ts';
import { find, fromTemplate } from './dom.ts';
import { createStepsBar, createStepsLegend } from './steps-view.ts';
import { explain, readable } from './wording.ts';

/** For a card: the top three labels. */
export function createShortAnswer(answer: Answer): HTMLElement {
  return createAnswer(answer, 3);
}

/** For the details: all labels, and a legend with the duration of each step. */
export function createFullAnswer(answer: Answer): HTMLElement {
  const view = createAnswer(answer, Number.POSITIVE_INFINITY);
  if (answer.status === 'classified' && answer.event)
    view.append(createStepsLegend(answer.event.detail.timings));
  return view;
}

function createAnswer(answer: Answer, maxLabels: number): HTMLElement {
  const view = fromTemplate('answer');
  const general = find('.general', HTMLElement, view);
  if (answer.status !== 'classified') {
    find('h4', HTMLElement, view).remove();
    general.textContent = explain(answer);
    return view;
  }
  const { model, labels, general: kind, event } = answer;
  find('h4', HTMLElement, view).textContent = model;
  find('.labels', HTMLElement, view).append(...labels.slice(0, maxLabels).map(createLabel));
  general.textContent = kind
    ? `In general: ${readable(kind.label)}, ${percent(kind.score)}`
    : explain(answer);
  // Timings are unknown for labels of an earlier session.
  if (event) view.append(createStepsBar(event.detail.timings));
  return view;
}

function createLabel({ label, score }: Label): HTMLElement {
  const row = fromTemplate('label');
  find('.label', HTMLElement, row).textContent = readable(label);
  find('.score', HTMLElement, row).textContent = percent(score);
  find('.bar', HTMLElement, row).style.setProperty('--score', String(score));
  return row;
}
