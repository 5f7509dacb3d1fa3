// Everything that goes into and out of the calendar as a file, or is fetched from it by a link.
import { useEffect } from "preact/hooks";
import { say } from "../../parts/messages";
import { loadGroups } from "../../slots/groups";
import { ExportCard } from "./export_card";
import { FeedsCard } from "./feeds_card";
import { ImportCard } from "./import_card";

export default function TransferPage() {
  useEffect(() => {
    loadGroups().catch((error: Error) => say(error.message, "bad"));
  }, []);
  return (
    <>
      <h1>Import &amp; export</h1>
      <div class="transfer">
        <ImportCard />
        <div>
          <ExportCard />
          <FeedsCard />
        </div>
      </div>
    </>
  );
}
