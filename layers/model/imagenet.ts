/** The labels of the 1000 classes of ImageNet, which come with the embedded network. */
import { join } from 'node:path';
import { imagenetModel } from '../places.ts';

export const imagenetClasses = 1000;

/** The label file. */
export const imagenetLabels = join(imagenetModel, 'labels.json');
