// Where to look for what was imported: a file may be about years ago.

/** Bytes of a file that are looked at: its beginning is as good as any other part. */
const LOOKED_AT = 2_000_000;
const START = /(?:DTSTART[^:\r\n]*:|"start":\s*")(\d{4})-?(\d\d)-?(\d\d)/g;

/** Give the day, such as `2026-11-22`, on which something of a calendar file begins and that is nearest to today; null if none is seen. */
export async function nearestDay(file: File): Promise<string | null> {
  const text = await file.slice(0, LOOKED_AT).text().catch(() => "");
  const now = Date.now();
  let nearest: string | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const [, year, month, day] of text.matchAll(START)) {
    const date = `${year}-${month}-${day}`;
    const away = Math.abs(Date.parse(date) - now);
    if (away < distance) [nearest, distance] = [date, away];
  }
  return nearest;
}
