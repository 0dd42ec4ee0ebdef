/** CRC-32C (Castagnoli), the checksum of TFRecord. */

/** The generator polynomial, its lowest power at the highest bit. */
const POLYNOMIAL = 0x82f63b78;

/** What eight steps make of each byte. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let k = 0; k < 8; k++) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
  return sum;
});

/** The checksum as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) sum = (sum >>> 8) ^ table[(sum ^ bytes[k]!) & 255]!;
  return ~sum >>> 0;
}
