/** The values of the form of a training, some of which the address of the page presets: `?epochs=2&filters=4,8,16`. */

/** Options as the command line spells them, by their names; empty where nothing is given. */
export interface TrainForm {
  readonly epochs: string;
  readonly batch: string;
  readonly size: string;
  readonly filters: string;
  readonly lr: string;
  readonly seed: string;
}

const NOTHING: TrainForm = { epochs: '', batch: '', size: '', filters: '', lr: '', seed: '' };

/** @param query the part of the address from `?` on; parameters that are no options of the form are left alone */
export function presetsOf(query: string): TrainForm {
  const given = new URLSearchParams(query);
  const names = Object.keys(NOTHING) as (keyof TrainForm)[];
  return { ...NOTHING, ...Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])) };
}
