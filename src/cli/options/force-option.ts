/** `--force`, which every command has that writes. */
import { Option } from 'commander';

export function forceOption(): Option {
  return new Option('--force', 'replace files that unetpp did not write');
}
