/** The Huffman tables of ITU-T T.81, annex K.3, which libjpeg-turbo uses for sequential files that define none. */
import { CorruptImage } from '../../../image/rejections.ts';
import { createHuffmanTable, type HuffmanTable } from './huffman.ts';

/**
 * @param place 0 for luminance, 1 for chrominance
 * @throws {CorruptImage} any other place
 */
export function standardTable(kind: 'dc' | 'ac', place: number): HuffmanTable {
  const table = standardTables[kind][place];
  if (!table) throw new CorruptImage('a Huffman table is missing');
  return createHuffmanTable(Buffer.from(table.counts, 'hex'), Buffer.from(table.symbols, 'hex'));
}

const standardTables = {
  dc: [
    { counts: '00010501010101010100000000000000', symbols: '000102030405060708090a0b' },
    { counts: '00030101010101010101010000000000', symbols: '000102030405060708090a0b' },
  ],
  ac: [
    {
      counts: '0002010303020403050504040000017d',
      symbols:
        '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728' +
        '292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889' +
        '8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2' +
        'e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
    },
    {
      counts: '00020102040403040705040400010277',
      symbols:
        '0001020311040521310612415107617113223281081442' +
        '91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758' +
        '595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5' +
        'b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
    },
  ],
};
