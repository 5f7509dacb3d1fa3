// One group, or none.
import { SelectField } from "../../parts/field";
import { groups } from "../../slots/groups";

interface GroupSelectProps {
  label: string;
  /** What the choice of no group means. */
  none: string;
  hint?: string;
  value: string;
  disabled?: boolean;
  onChange: (uuid: string) => void;
}

/** A select is as wide as its longest name lets it be. */
const MOST_DRAWN = 80;

export function GroupSelect({ none, onChange, ...rest }: GroupSelectProps) {
  return (
    <SelectField {...rest} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{none}</option>
      {(groups.value?.list ?? []).map(({ uuid, name }) => (
        <option key={uuid} value={uuid}>
          {name.length > MOST_DRAWN ? `${name.slice(0, MOST_DRAWN)}…` : name}
        </option>
      ))}
    </SelectField>
  );
}

/** Give the name of a group, shortened; of one that is gone, nothing. */
export function groupName(uuid: string): string | undefined {
  return groups.value?.list.find((group) => group.uuid === uuid)?.name.slice(0, 200);
}
