/**
 * Checksums of 32 bits: CRC-32, that of PNG and zip, and CRC-32C (Castagnoli), that of TFRecord. They find accidents, which
 * is all that programs without SHA-256 can ask for.
 */

/** @param polynomial the generator, its lowest power at the highest bit */
function checksum(polynomial: number): (bytes: Uint8Array) => number {
  // What eight steps make of each byte.
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let k = 0; k < 8; k++) sum = (sum >>> 1) ^ (sum & 1 ? polynomial : 0);
    return sum;
  });
  return (bytes) => {
    let sum = 0xffffffff;
    for (let k = 0; k < bytes.length; k++) sum = (sum >>> 8) ^ table[(sum ^ bytes[k]!) & 255]!;
    return ~sum >>> 0;
  };
}

/** The checksum of PNG and zip, as an unsigned number. */
export const crc32 = checksum(0xedb88320);

/** The checksum of TFRecord, as an unsigned number. */
export const crc32c = checksum(0x82f63b78);
