/** The options of the training that comes: what was chosen, why, and fields to choose otherwise. */
import { useState } from 'preact/hooks';
import type { GivenOptions, PlannedOption, PlanView } from '../../engine/protocol.js';
import { Button, Details, Field, SelectField } from '../ui/index.js';
import { capitalised } from '../words.js';
import { atField, blamed, flagOf, groupsOf, labelOf } from './plan-words.js';

export interface PlanFormProps {
  readonly plan: PlanView;
  /** The options that the person has given, as the command line spells them. */
  readonly given: GivenOptions;
  readonly onGiven: (given: GivenOptions) => void;
  /** What is wrong with what is given, in the library's words. */
  readonly error: string | null;
}

export function PlanForm({ plan: { options }, given, onGiven, error }: PlanFormProps) {
  const { first, folded } = groupsOf(options);
  const wrong = blamed(error, options);
  const field = (option: PlannedOption) => (
    <PlanField
      key={option.name}
      option={option}
      given={given[option.name]}
      error={error !== null && option === wrong ? atField(error) : null}
      onGiven={(value) => onGiven(changed(given, option.name, value))}
    />
  );
  const changes = Object.keys(given).length;
  return (
    <div class="plan">
      <div class="fields">{first.map(field)}</div>
      <Details summary={`All ${options.length} options`} open={wrong !== undefined && !first.includes(wrong)}>
        {folded.map((group) => (
          <fieldset key={group.title} class="plan-group">
            <legend>{group.title}</legend>
            <div class="fields">{group.options.map(field)}</div>
          </fieldset>
        ))}
      </Details>
      {changes > 0 && (
        <div class="row">
          <Button kind="quiet" onClick={() => onGiven({})}>
            Back to what was chosen
          </Button>
        </div>
      )}
    </div>
  );
}

/** What is given with one option more, or without it where its field is emptied. */
function changed(given: GivenOptions, name: string, value: string): GivenOptions {
  const { [name]: _, ...others } = given;
  return value.trim() === '' ? others : { ...others, [name]: value.trim() };
}

interface PlanFieldProps {
  readonly option: PlannedOption;
  readonly given: string | undefined;
  readonly error: string | null;
  readonly onGiven: (value: string) => void;
}

function PlanField({ option, given, error, onGiven }: PlanFieldProps) {
  // What is being typed is given when the field is left, or Enter pressed: half a number is no error.
  const [typed, type] = useState<string | null>(null);
  const { name, help, value, reason, choices } = option;
  const described = {
    id: `option-${name}`,
    label: labelOf(option),
    error,
    hint: (
      <>
        {help.toLowerCase() !== labelOf(option).toLowerCase() && sentence(help)}
        {reason && <span class="reason">{reason}</span>}
        <code class="flag">{flagOf(option)}</code>
      </>
    ),
  };
  if (choices) {
    const unset = value === '' ? [{ value: '', label: 'not set' }] : [];
    return (
      <SelectField
        {...described}
        value={given ?? value}
        choices={[...unset, ...choices.map((choice) => ({ value: choice, label: WORDS[choice] ?? choice }))]}
        onChange={onGiven}
      />
    );
  }
  return (
    <Field
      {...described}
      control={(props) => (
        <input
          {...props}
          value={typed ?? given ?? value}
          placeholder="not set"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => type(currentTarget.value)}
          onChange={({ currentTarget }) => {
            type(null);
            onGiven(currentTarget.value);
          }}
        />
      )}
    />
  );
}

const WORDS: Readonly<Record<string, string>> = { true: 'on', false: 'off' };

/** Helps are lines of a table; on the page they are sentences. */
function sentence(help: string): string {
  return `${capitalised(help)}.`;
}
