// Somebody else saved the same export meanwhile. Nothing that was typed is lost; which of the two stays is asked.
import { link } from "../../../shell/router";

export function Conflict({ id, mine, theirs, onKeepMine }: { id: string; mine: number; theirs: number; onKeepMine: () => void }) {
  return (
    <div class="warning" role="alert">
      <p>
        <strong>This export was changed since you opened it.</strong> You began with version {mine}; it is at version {theirs} now. What you typed is still here and has not been saved.
      </p>
      <div class="actions">
        <a class="button" href={link("exports", id)} target="_blank" rel="noreferrer">
          Look at it in a new tab
        </a>
        <button type="button" onClick={onKeepMine}>
          Save mine in its place
        </button>
      </div>
    </div>
  );
}
