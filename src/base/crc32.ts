/** CRC-32, the checksum of PNG and zip: it finds accidents, which is all that programs without SHA-256 can ask for. */

/** The generator polynomial, its lowest power at the highest bit. */
const POLYNOMIAL = 0xedb88320;

/** What eight steps make of each byte. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let k = 0; k < 8; k++) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
  return sum;
});

/** The checksum as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) sum = (sum >>> 8) ^ table[(sum ^ bytes[k]!) & 255]!;
  return ~sum >>> 0;
}
