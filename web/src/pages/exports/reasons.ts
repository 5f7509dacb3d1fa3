// Why a run or a transport failed, in words: the log has what the service's parts said to each other.

const WORDS: Record<string, string> = {
  recipients_not_confirmed: "These recipients have not agreed to get mail yet, and were sent a link that asks them",
  too_many_mails_today: "You have sent as many mails today as one may",
  webhook_failed: "The webhook did not answer with success",
  webhook_refused: "The webhook's address cannot be posted to",
  copy_bucket_refused: "The bucket refused the copy",
  copy_failed: "The copy into the bucket failed",
  no_copy_bucket: "No bucket is set up for copies here",
  too_many_object_files: "There are too many objects for a file each",
  "States.Timeout": "It took too long",
};

/** Give a reason in words, with the details that it names. */
export function reasonWords(reason: string): string {
  const code = Object.keys(WORDS).find((one) => new RegExp(`(^|[\\s:])${one.replace(".", "\\.")}($|[\\s:(])`).test(reason));
  if (!code) return reason.charAt(0).toUpperCase() + reason.slice(1);
  const details = /\((.*)\)\s*$/s.exec(reason)?.[1];
  return details ? `${WORDS[code]}: ${values(details)}.` : `${WORDS[code]}.`;
}

/** Give the values of `host='example.org', status=500`. */
const values = (details: string) => details.replace(/\b\w+=/g, "").replace(/[[\]']/g, "");
