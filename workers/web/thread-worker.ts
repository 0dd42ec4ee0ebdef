/** A thread of a backend in a browser. */
import { takeTasks } from '../../src/platform/web/threads/thread.js';

takeTasks(self);
