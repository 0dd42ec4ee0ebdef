/** A worker that says what its page grants it. */
import { answer } from './answer.js';

answer({
  isIsolated: () => crossOriginIsolated,
  fail: () => {
    throw new Error('as it was asked to');
  },
});
