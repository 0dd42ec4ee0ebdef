/** A few choices side by side of which one is taken: radio buttons, moved through by the arrow keys. */
import type { Choice } from './field.js';

export interface SegmentedProps<Value extends string> {
  /** Names the group; it is the name of its radio buttons, too. */
  readonly id: string;
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
}

export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { id, label, value, choices, onChange, disabled } = props;
  return (
    <fieldset class="segmented" id={id} disabled={disabled}>
      <legend>{label}</legend>
      <div class="segments">
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              name={id}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
