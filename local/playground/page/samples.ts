/** The photos that come with the playground, a click away from the bucket, with what their licences ask for. */
import type { Sample } from '../server/samples.ts';
import { find, fromTemplate } from './dom.ts';
import type { Source } from './uploads.ts';

export const listSamples = async (onFiles: (sources: readonly Source[]) => void): Promise<void> => {
  const samples: Sample[] = await (await fetch('/samples')).json();
  find('#samples ul', HTMLElement).replaceChildren(
    ...samples.map((sample) => {
      const item = fromTemplate('sample');
      const button = find('button', HTMLButtonElement, item);
      find('img', HTMLImageElement, item).src = addressOf(sample);
      button.setAttribute('aria-label', `Add ${sample.title.toLowerCase()}`);
      button.title = `${sample.title}, by ${sample.author} (${sample.licence})`;
      button.addEventListener('click', () => onFiles([toSource(sample)]));
      return item;
    }),
  );
  find('#add-samples', HTMLButtonElement).addEventListener('click', () => onFiles(samples.map(toSource)));
  find('#credits', HTMLElement).replaceChildren(...credits(samples));
};

const addressOf = ({ file }: Sample): string => `/samples/${file}`;

const toSource = (sample: Sample): Source => ({
  key: sample.file,
  read: async () => (await fetch(addressOf(sample))).blob(),
});

/** Whose they are, as CC BY asks; the others may be used without. */
const credits = (samples: readonly Sample[]): (string | HTMLElement)[] =>
  samples
    .filter(({ licence }) => licence.startsWith('CC BY'))
    .flatMap(({ title, author, licence, source }, index) => [
      index === 0 ? '' : '; ',
      link(title, source),
      ` by ${author}, `,
      link(licence, 'https://creativecommons.org/licenses/by/2.0/'),
    ]);

const link = (text: string, address: string): HTMLElement => {
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.rel = 'noreferrer';
  anchor.textContent = text;
  return anchor;
};
