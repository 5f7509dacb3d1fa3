// Makes a slot, or shows and changes one.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Confirm, Dialog } from "../../parts/dialog";
import { say } from "../../parts/messages";
import { ApiError } from "../../shell/api";
import { type Read, type Slot, changeSlot, createSlot, deleteSlot, isSeries, readSlot } from "../../slots/slots";
import { seriesWords } from "../../slots/series/words";
import { drawn } from "./events";
import { SlotFields } from "./slot_fields";
import { type Form, changeOf, faultOf, formOf } from "./slot_form";

interface SlotDialogProps {
  opened: { kind: "new"; form: Form } | { kind: "slot"; slot: Slot };
  onClose: () => void;
  onSaved: (slot: Slot) => void;
  onGone: (uid: string) => void;
}

export function SlotDialog({ opened, onClose, onSaved, onGone }: SlotDialogProps) {
  // The calendar's copy has no revision: a slot is read when it is opened, and changed as it was read.
  const [read, setRead] = useState<Read | null>(null);
  const [form, setForm] = useState<Form | null>(opened.kind === "new" ? opened.form : null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [asking, setAsking] = useState<"" | "delete" | "leave">("");
  const [busy, setBusy] = useState(false);
  const began = useRef<Form | null>(opened.kind === "new" ? opened.form : null);
  const uid = opened.kind === "slot" ? opened.slot.uid : null;

  useEffect(() => {
    if (uid === null) return;
    const reading = new AbortController();
    readSlot(uid, reading.signal).then(
      (now) => {
        setRead(now);
        began.current = formOf(now.slot);
        setForm(began.current);
      },
      (error: unknown) => {
        if (reading.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 404) onGone(uid);
        setProblem(error);
      },
    );
    return () => reading.abort();
  }, [uid]);

  const change = form && changeOf(opened.kind === "new" ? null : began.current, form);
  const dirty = form !== null && JSON.stringify(form) !== JSON.stringify(began.current);
  function close() {
    // What is on its way is waited for.
    if (busy) return;
    if (dirty) setAsking("leave");
    else onClose();
  }

  async function save(over: Read | null) {
    if (!form || !change || busy) return;
    const fault = faultOf(form);
    if (fault) {
      setProblem(new ApiError("Some fields are not valid.", 422, "invalid_fields", { fields: { end: fault } }));
      return;
    }
    if (over && Object.keys(change).length === 0) {
      onClose();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const { slot } = over ? await changeSlot(over.slot.uid, change, over.etag) : await createSlot(change);
      onSaved(slot);
      say(over ? "The slot is saved." : "The slot is made.");
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  /** Save what was typed over the slot as it is by now; what was not touched here stays as it is there. */
  async function saveOver(uid: string) {
    try {
      const now = await readSlot(uid);
      setRead(now);
      await save(now);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    }
  }

  const words = useMemo(() => (read && isSeries(read.slot) ? seriesWords(read.slot) : null), [read]);
  const title = opened.kind === "new" ? "New slot" : "Slot";
  return (
    <Dialog title={title} onClose={close} wide>
      {form === null && problem === null ? <Busy label="Reading the slot" /> : null}
      {words !== null ? (
        <p class="note">
          <strong>
            <bdi>{words}</bdi>.
          </strong>{" "}
          The times here are those of its first occurrence, and a change changes the whole series.
        </p>
      ) : null}
      {form === null && problem ? (
        <p class="problem" role="alert">
          {problem.message}
        </p>
      ) : null}
      {form ? (
        <form
          class="long-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save(read);
          }}
        >
          <SlotFields form={form} faults={faultsOf(problem)} onChange={(some) => setForm({ ...form, ...some })} />
          {problem ? (
            <div class="problem-box" role="alert">
              <p>{problem.status === 412 ? "This slot was changed elsewhere since you opened it." : problem.message}</p>
              {unplaced(problem).map((fault) => (
                <p key={fault}>{fault}</p>
              ))}
              {problem.status === 412 && uid !== null ? (
                <button type="button" disabled={busy} onClick={() => void saveOver(uid)}>
                  Save my changes all the same
                </button>
              ) : null}
            </div>
          ) : null}
          <div class="actions">
            <button type="submit" class="primary" disabled={busy}>
              {busy ? "Saving…" : opened.kind === "new" ? "Make slot" : "Save"}
            </button>
            <button type="button" onClick={close}>
              Cancel
            </button>
            {read ? (
              <button type="button" class="quiet slot-delete" disabled={busy} onClick={() => setAsking("delete")}>
                Delete…
              </button>
            ) : null}
          </div>
        </form>
      ) : null}
      {asking === "delete" && read ? (
        <Confirm
          title={words !== null ? "Delete the whole series?" : "Delete this slot?"}
          deed="Delete"
          onClose={() => setAsking("")}
          onConfirm={async () => {
            await deleteSlot(read.slot.uid, read.etag);
            onGone(read.slot.uid);
            say("The slot is deleted.");
            onClose();
          }}
        >
          <p>
            <bdi>{drawn(read.slot.title)}</bdi> will be gone, and cannot be brought back.
          </p>
        </Confirm>
      ) : null}
      {asking === "leave" ? (
        <Confirm
          title="Leave without saving?"
          deed="Leave"
          onClose={() => setAsking("")}
          onConfirm={async () => onClose()}
        >
          <p>What you typed here is not saved yet.</p>
        </Confirm>
      ) : null}
    </Dialog>
  );
}

const PLACED = ["title", "start", "end", "timezone", "description", "location.name", "groups"];

/** Give what the service says of single fields, by field. */
function faultsOf(problem: ApiError | null): Record<string, string> {
  const fields = problem?.details["fields"];
  return fields && typeof fields === "object" ? (fields as Record<string, string>) : {};
}

/** Give what it says of those that have no place of their own in the form. */
function unplaced(problem: ApiError): string[] {
  return Object.entries(faultsOf(problem))
    .filter(([field]) => !PLACED.includes(field))
    .map(([field, fault]) => `${field} ${fault}.`);
}
