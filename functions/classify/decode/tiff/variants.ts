/** Refuses the variants of TIFF that are not decoded, by name. */
import { UnsupportedFormat } from '../../image/rejections.ts';
import { storedRows } from './blocks.ts';
import { compressions, isGrouped, type readLayout, sampleFormats, type TiffLayout } from './layout.ts';
import { groupRowBytes, predictedRowBytes } from './ycbcr.ts';

/** @throws {UnsupportedFormat} names the variant */
export function checkVariant(layout: ReturnType<typeof readLayout>): void {
  const { photometric, compression, predictor, bits, bitsPerSample, samplesPerPixel, sampleFormat } = layout;
  const colours = minSamples[photometric] ?? 0;
  refuseIf(!colours, photometricNames[photometric] ?? `TIFF of the colour space ${photometric}`);
  refuseIf(!Object.values(compressions).includes(compression), `TIFF of ${compressionName(compression)}`);
  refuseIf(![1, 2, 3].includes(predictor), `TIFF with the predictor ${predictor}`);
  const kind = `${samplesPerPixel} ${samplesPerPixel === 1 ? 'sample' : 'samples'} of ${listed(bits)} bits${formatNames[sampleFormat] ?? ''}`;
  const isOldJpeg = compression === compressions.oldJpeg;
  refuseIf(isOldJpeg && samplesPerPixel !== 3, `TIFF of old-style JPEG in ${kind}`);
  refuseIf(isOldJpeg && photometric !== 6, `TIFF of old-style JPEG in the colour space ${photometric}`);
  refuseIf(bits.some((value) => value !== bitsPerSample) || !isKnownDepth(layout), `TIFF of ${kind}`);
  const isFax = faxes.includes(compression);
  refuseIf(isFax && (bitsPerSample !== 1 || samplesPerPixel !== 1), `fax-compressed TIFF of ${kind}`);
  refuseIf(
    compression === compressions.jpeg && (bitsPerSample !== 8 || photometric === 8),
    `JPEG-compressed TIFF of ${kind}`,
  );
  const isFloat = sampleFormat === sampleFormats.float;
  const differences: readonly number[] = predictor === 3 ? [32] : [8, 16, 32];
  refuseIf(
    predictor > 1 && (isFloat !== (predictor === 3) || !differences.includes(bitsPerSample)),
    `TIFF of differences of ${kind}`,
  );
  refuseIf(samplesPerPixel < colours, `TIFF of ${kind} in a colour space of ${colours}`);
  refuseIf(samplesPerPixel > maxSamples, `TIFF of ${kind}`);
  refuseIf(photometric <= 1 && samplesPerPixel > 2, `TIFF of ${kind} that are greys`);
  const { extraSamples } = layout;
  const meanings = extraSamples.length > 0 ? `stated as ${listed(extraSamples)}` : 'not stated';
  refuseIf(!areKnownExtras(layout), `TIFF of ${kind} with extra samples whose meaning is ${meanings}`);
  const { isPlanar, subsampling } = layout;
  refuseIf(
    isOldJpeg && (isPlanar || layout.blocksAcross > 1),
    `TIFF of old-style JPEG in ${isPlanar ? 'separate planes' : 'several columns of tiles'}`,
  );
  refuseIf(
    isGrouped(layout) && !groups.includes(subsampling.join(':')),
    `TIFF of YCbCr subsampled ${subsampling.join(':')}`,
  );
  refuseIf(
    isGrouped(layout) && predictor === 2 && !hasWholeDifferences(layout),
    `TIFF of differences of YCbCr subsampled ${subsampling.join(':')}${layout.tiled ? ' in tiles' : ''} of this width`,
  );
  const canSeparate = compression !== compressions.none && subsampling.every((factor) => factor === 1);
  refuseIf(
    photometric === 6 && isPlanar && !canSeparate,
    `TIFF of YCbCr in separate planes, ${compression === compressions.none ? 'uncompressed' : `subsampled ${subsampling.join(':')}`}`,
  );
}

/** Damaged files list thousands of values, and a sentence has room for a few. */
function listed(values: readonly number[]): string {
  return values.length > maxListed ? `${values.slice(0, maxListed)},…` : values.join();
}

const maxListed = 8;

/** Pillow's combinations of samples beyond the colours: at most one alpha, which comes first. */
function areKnownExtras({ photometric, samplesPerPixel, extraSamples }: TiffLayout): boolean {
  const count = samplesPerPixel - minSamples[photometric];
  if (count === 0 || (photometric === 2 && count === 1 && extraSamples.length === 0)) {
    return extraSamples.length === 0;
  }
  const [alpha, ...others] = extraSamples;
  const isKnown = alphas[photometric]?.includes(alpha) ?? false;
  return isKnown && others.every((meaning) => meaning === 0) && extraSamples.length === count;
}

/** libtiff refuses rows with a part of a pixel, and blocks with a part of a row. */
function hasWholeDifferences(layout: TiffLayout): boolean {
  const rowBytes = predictedRowBytes(layout);
  const blockBytes = storedRows(layout, layout.blockHeight) * groupRowBytes(layout);
  return rowBytes % 3 === 0 && blockBytes % rowBytes === 0;
}

function isKnownDepth({
  photometric,
  bitsPerSample,
  samplesPerPixel,
  sampleFormat,
}: ReturnType<typeof readLayout>): boolean {
  const isGrey = photometric <= 1 && samplesPerPixel === 1;
  if (sampleFormat === sampleFormats.float) return isGrey && bitsPerSample === 32;
  if (sampleFormat === sampleFormats.signed) {
    return isGrey && ([16, 32].includes(bitsPerSample) || (bitsPerSample === 8 && photometric === 1));
  }
  if (sampleFormat !== sampleFormats.unsigned) return false;
  if (isGrey && [12, 32].includes(bitsPerSample)) return true;
  if ((photometric <= 1 && samplesPerPixel > 1) || samplesPerPixel > 4) return bitsPerSample === 8;
  return !!depths[photometric]?.includes(bitsPerSample) && (bitsPerSample >= 8 || samplesPerPixel === 1);
}

function refuseIf(condition: boolean, kind: string) {
  if (condition) throw refusal(kind);
}

export function otherSamples(stated: number, found: number): string {
  return `TIFF whose tags state another number of samples than its JPEG has (${stated} and ${found})`;
}

export function refusal(kind: string): UnsupportedFormat {
  return new UnsupportedFormat(`${kind}; save it as 8-bit RGB, or as PNG`);
}

function compressionName(compression: number) {
  return (
    {
      34661: 'JBIG-compressed pages',
      34712: 'JPEG 2000-compressed pixels',
      50001: 'WebP-compressed pixels',
      52546: 'JPEG XL-compressed pixels',
    }[compression] ?? `the compression ${compression}`
  );
}

const faxes: readonly number[] = [compressions.fax1d, compressions.fax3, compressions.fax4];

const photometricNames: { readonly [photometric: number]: string } = {
  [-1]: 'TIFF without a colour space',
  9: 'TIFF of ICC L*a*b* colours',
  32803: 'RAW photo (colour filter array)',
  34892: 'RAW photo (linear DNG)',
};

const formatNames: { readonly [sampleFormat: number]: string } = {
  [sampleFormats.signed]: ' (signed)',
  [sampleFormats.float]: ' (float)',
  4: ' (of no stated format)',
};

/** Samples per colour, by photometric interpretation. */
const minSamples: { readonly [photometric: number]: number } = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3 };
const maxSamples = 6;

/** The subsamplings of YCbCr that libtiff converts. */
const groups: readonly string[] = ['1:1', '1:2', '2:1', '2:2', '4:1', '4:2', '4:4'];

/** Known meanings of the first sample beyond the colours; Corel Draw writes 999 for alpha. */
const alphas: { readonly [photometric: number]: readonly number[] | undefined } = {
  1: [0, 2],
  2: [0, 1, 2, 999],
  3: [0, 2],
  5: [0],
};

const depths: { readonly [photometric: number]: readonly number[] } = {
  0: [1, 2, 4, 8, 16],
  1: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  5: [8, 16],
  6: [8],
  8: [8],
};
