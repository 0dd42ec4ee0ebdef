/** The version of this package. */
import { packageVersion } from '../platform/node/version.js';

export const version = packageVersion();
