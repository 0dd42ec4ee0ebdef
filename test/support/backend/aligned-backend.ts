/** The reference with another alignment, that of a GPU for example: memories have other gaps, values the same bits. */
import { ReferenceBackend } from '../../../src/backend/reference.js';

export class AlignedBackend extends ReferenceBackend {
  constructor(override readonly alignment: number) {
    super();
  }
}
