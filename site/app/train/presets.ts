/** The options that the address of the page presets: `?epochs=2&filters=4,8,16&size=32&seed=9`. */
import type { GivenOptions } from '../../engine/protocol.js';

/** @param query the part of the address from `?` on; the names are those of the command line's options */
export function presetsOf(query: string): GivenOptions {
  return Object.fromEntries([...new URLSearchParams(query)].filter(([, value]) => value.trim() !== ''));
}
