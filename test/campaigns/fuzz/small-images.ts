/** Goldens of a few kilobytes. */
import { readdirSync, readFileSync } from 'node:fs';

/** @param ending End of the file names. */
export function smallImages(ending: string): Uint8Array[] {
  return ['images', 'variants']
    .map((folder) => new URL(`../../goldens/${folder}/`, import.meta.url))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith(ending))
        .map((file) => readFileSync(new URL(file, folder))),
    )
    .filter(({ length }) => length > 0 && length < 5000);
}
