/** The compressions of TIFF: those that are read, and the names of the others. */

export const COMPRESSION = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  packBits: 32773,
  oldDeflate: 32946,
  lerc: 34887,
  zstd: 50000,
} as const;

const OTHERS: Readonly<Record<number, string>> = {
  2: 'CCITT run lengths',
  3: 'CCITT G3',
  4: 'CCITT G4',
  6: 'JPEG in its old form',
  9: 'JBIG',
  10: 'JBIG',
  32809: 'ThunderScan',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv',
  34712: 'JPEG 2000',
  34892: 'lossy JPEG of DNG',
  34925: 'LZMA',
  34926: 'ZSTD in its old form',
  34927: 'WebP',
  50001: 'WebP',
  50002: 'JPEG XL',
};

const KNOWN: ReadonlySet<number> = new Set(Object.values(COMPRESSION));

/** What to say of a compression that is not read; undefined of one that is. */
export function compressionFault(compression: number): string | undefined {
  if (KNOWN.has(compression)) return undefined;
  const found = OTHERS[compression] ?? `an unknown method (${compression})`;
  return `${found}, which is not read; save it uncompressed or with LZW or deflate`;
}

/**
 * How many bytes a byte can become at most, by which a block that cannot hold its pixels is refused before memory is taken:
 * a code of LZW takes 9 bits or more and gives less than 4096 bytes, a pair of PackBits gives 128 of 2, deflate gives 258
 * for 2 bits, a block of ZSTD, which takes 4 bytes at least, gives 128 KiB.
 */
export const MOST_EXPANSION: Readonly<Record<number, number>> = {
  [COMPRESSION.none]: 1,
  [COMPRESSION.lzw]: 3641,
  [COMPRESSION.packBits]: 64,
  [COMPRESSION.deflate]: 1032,
  [COMPRESSION.oldDeflate]: 1032,
  [COMPRESSION.zstd]: 32_768,
};
