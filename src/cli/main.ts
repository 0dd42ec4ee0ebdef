#!/usr/bin/env node
/** The program `unetpp`, and through train.js `node train.js`: it listens to signals before it loads anything else. */
import { reserveUserSignal } from './interrupt.js';

reserveUserSignal();
await import('./commands.js');
