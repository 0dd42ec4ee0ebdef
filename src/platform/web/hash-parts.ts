/** SHA-256 of data that lies in parts. */
export { sha256OfParts as hashParts } from '../../base/sha256.js';
