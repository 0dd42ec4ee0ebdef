/** Tries to send from a worker, which has rules of its own: those that its script came with. */
import { reportViolations } from './violations.js';

reportViolations();
self.onmessage = ({ data }: MessageEvent<string>) => void fetch(data).catch(() => {});
