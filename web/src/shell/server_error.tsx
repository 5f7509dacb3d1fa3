// What the service redirects to when a link cannot be served: `#server_error:<key>`.
import { useEffect } from "preact/hooks";
import { link } from "./router";
import { account } from "./session";

interface Explained {
  title: string;
  what: string;
  /** What can be done about it. */
  then: string;
}

/** By key, each that the service sends. */
export const EXPLAINED: Record<string, Explained> = {
  "export.invalid.passkey": {
    title: "This link does not work",
    what: "The link is wrong or has ended. The export may have been deleted, or its owner has made new links, which ends the old ones. It may also have been cut short on its way to you.",
    then: "Look whether the whole link was copied. If it was, ask whoever gave it to you for the current one.",
  },
  "export.not.done": {
    title: "The files are not ready yet",
    what: "The link is right, and there is nothing to download at the moment: the export is being made, has not been started, or its last run failed.",
    then: "Try again in a few minutes. If it stays like this, tell its owner: they see in its log what happened.",
  },
  "export.not.found": {
    title: "There is no such export",
    what: "It does not exist any more, or it belongs to another account.",
    then: "Look for it among your exports, and see that you are signed in with the right account.",
  },
  "export.file.not.found": {
    title: "This file is not there",
    what: "The export has no such file now. A newer run may have given its files other names, or the files were removed after the days that they were to be kept.",
    then: "Open the export to see what it has, or start it again to make new files.",
  },
  "not.authenticated": {
    title: "You are not signed in any more",
    what: "This download needs your account, and the session it was asked for with has ended.",
    then: "Sign in and start the download again from the export's page.",
  },
  "type.mismatch": {
    title: "This address is not complete",
    what: "Something in it should be a number and is none. It was probably cut or changed.",
    then: "Open the export from your list and start the download there.",
  },
  "invalid.value": {
    title: "This address asks for something impossible",
    what: "One of the values in it is not allowed. It was probably changed by hand.",
    then: "Open the export from your list and start the download there.",
  },
  "repeated.parameter": {
    title: "This address contradicts itself",
    what: "It gives the same thing twice, with different values.",
    then: "Remove one of the two, or start the download from the export's page.",
  },
  "unknown.confirmation": {
    title: "This link does not work",
    what: "It was to confirm an e-mail address, and we know no such link. It may have been cut short on its way, or a newer mail has taken its place.",
    then: "Open the link of the latest mail, all of it. If there is no newer one, ask whoever wants to send you exports to have one mailed.",
  },
  "service.busy": {
    title: "The service is busy",
    what: "Something behind it did not answer in time. Nothing is lost.",
    then: "Wait a moment and open the link again.",
  },
  generic: {
    title: "The download could not be given",
    what: "The service refused it for a reason that has no page of its own.",
    then: "Open the export from your list and try again there. If it stays like this, tell whoever runs this service.",
  },
};

const UNKNOWN: Explained = {
  title: "Something went wrong",
  what: "The service could not do what this link asks for.",
  then: "Try again in a moment. If it stays like this, tell whoever gave you the link, with the words below.",
};

export function ServerErrorPage({ name }: { name: string }) {
  const { title, what, then } = (Object.hasOwn(EXPLAINED, name) ? EXPLAINED[name] : undefined) ?? UNKNOWN;
  useEffect(() => {
    document.title = `${title} · Slotport`;
  }, [title]);
  const known = account.value !== null;
  return (
    <section class="narrow card server-error" aria-labelledby="server-error-title">
      <h1 id="server-error-title">{title}</h1>
      <p>{what}</p>
      <p>
        <strong>What to do.</strong> {then}
      </p>
      <div class="actions">
        {known ? (
          <a class="button primary" href={link("exports")}>
            Export jobs
          </a>
        ) : (
          <a class="button" href={link("signin")}>
            Sign in
          </a>
        )}
      </div>
      <p class="hint">
        The service's word for it: <code dir="auto">{name}</code>
      </p>
    </section>
  );
}
