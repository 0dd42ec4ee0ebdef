/** Fields of a form: a label, a control, a hint and, in place, what is wrong with the value. */
import type { ComponentChildren } from 'preact';

interface Described {
  readonly id: string;
  readonly label: string;
  /** What the value means, in a sentence. */
  readonly hint?: ComponentChildren;
  /** What is wrong with the value, and what to do. */
  readonly error?: string | null;
  readonly disabled?: boolean;
}

/** What a control takes from its field, so that readers of screens say hint and error with it. */
export interface ControlProps {
  readonly id: string;
  readonly disabled: boolean | undefined;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface FieldProps extends Described {
  readonly control: (props: ControlProps) => ComponentChildren;
}

/** A field with any control. */
export function Field({ id, label, hint, error, disabled, control }: FieldProps) {
  const described = [...(error ? [`${id}-error`] : []), ...(hint ? [`${id}-hint`] : [])].join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({
        id,
        disabled,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export interface TextFieldProps extends Described {
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What is taken where nothing is entered. */
  readonly placeholder?: string;
  /** Which keys a screen keyboard offers. */
  readonly inputMode?: 'text' | 'numeric' | 'decimal';
}

export function TextField({ value, onInput, placeholder, inputMode, ...described }: TextFieldProps) {
  return (
    <Field
      {...described}
      control={(props) => (
        <input
          {...props}
          value={value}
          placeholder={placeholder}
          inputMode={inputMode}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
      )}
    />
  );
}

export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
}

export interface SelectFieldProps<Value extends string> extends Described {
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>({ value, choices, onChange, ...described }: SelectFieldProps<Value>) {
  return (
    <Field
      {...described}
      control={(props) => (
        <select {...props} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    />
  );
}

export interface CheckFieldProps {
  readonly id: string;
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

export function CheckField({ id, label, checked, onChange, disabled }: CheckFieldProps) {
  return (
    <label class="check" for={id}>
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {label}
    </label>
  );
}

export interface SliderProps extends Described {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words, which stands beside the slider and is read aloud; as it is where left out. */
  readonly text?: string;
  readonly onInput: (value: number) => void;
}

export function Slider({ value, min, max, step, text = String(value), onInput, ...described }: SliderProps) {
  return (
    <Field
      {...described}
      control={(props) => (
        <div class="slider">
          <input
            {...props}
            type="range"
            min={min}
            max={max}
            step={step}
            value={value}
            aria-valuetext={text}
            onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber)}
          />
          <output for={described.id}>{text}</output>
        </div>
      )}
    />
  );
}
