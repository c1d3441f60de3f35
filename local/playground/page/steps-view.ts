/** Shows the duration of each step of a prediction event, as a bar and as a legend. */
import type { ImageClassified } from '../../../functions/classify/publish/prediction-event.ts';
import { milliseconds } from './wording.ts';

/** A bar with a segment per step, as wide as its share of the time. */
export function createStepsBar(timings: ImageClassified['timings']): HTMLElement {
  const steps = stepsOf(timings);
  const bar = document.createElement('div');
  bar.className = 'steps';
  bar.role = 'img';
  bar.ariaLabel = `Took ${total(steps)}: ${steps.map(({ name, ms }) => `${name} ${milliseconds(ms)}`).join(', ')}`;
  bar.dataset.total = total(steps);
  bar.append(
    ...steps.map(({ name, ms }) => {
      const part = document.createElement('span');
      part.className = name;
      part.title = `${name} ${milliseconds(ms)}`;
      part.style.setProperty('--share', String(ms));
      return part;
    }),
  );
  return bar;
}

/** The legend of the bar: colours, names and durations. */
export function createStepsLegend(timings: ImageClassified['timings']): HTMLElement {
  const legend = document.createElement('ul');
  legend.className = 'legend';
  legend.append(
    ...stepsOf(timings).map(({ name, ms }) => {
      const step = document.createElement('li');
      const colour = document.createElement('span');
      colour.className = name;
      step.append(colour, `${name} ${milliseconds(ms)}`);
      return step;
    }),
  );
  return legend;
}

interface Step {
  readonly name: string;
  readonly ms: number;
}

/** In the order of execution. */
function stepsOf({ fetchMs, decodeMs, preprocessMs, inferMs, writeMs }: ImageClassified['timings']): Step[] {
  return [
    { name: 'fetch', ms: fetchMs },
    { name: 'decode', ms: decodeMs },
    { name: 'preprocess', ms: preprocessMs },
    { name: 'infer', ms: inferMs },
    { name: 'write', ms: writeMs },
  ];
}

function total(steps: readonly Step[]): string {
  return milliseconds(steps.reduce((sum, { ms }) => sum + ms, 0));
}
