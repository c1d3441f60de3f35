/** The images of a chaos run, from test/goldens/images: small ones of several formats, and a file that is not an image. */
export const pictures = [
  'coffee_q20_420.jpg',
  'exif_o6.jpg',
  'photo_420.avif',
  'lossy.webp',
  'acc_64x64.png',
  'bad_text.jpg',
] as const;
