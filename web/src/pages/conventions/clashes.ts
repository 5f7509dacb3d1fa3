// What is in the way of a booking, found before it is sent. The service decides; this only tells in time.
import { type Booking, type Person, type Room, type TimeSlot, samePerson, span } from "./service";

export interface Clash {
  /** `room`: the service will refuse. `host`: somebody is in two places. */
  kind: "room" | "host";
  slot: TimeSlot;
  /** The rooms or hosts that both want. */
  names: string[];
}

/** Find what overlaps a booking in one of its rooms, or has one of its hosts; `own` is the time slot that moves. */
export function clashes(booking: Booking, hosts: Person[], slots: TimeSlot[], rooms: Room[], timezone: string, own = ""): Clash[] {
  const [start, end] = span(booking, timezone);
  const single = new Set(rooms.filter((room) => !room.parallel).map((room) => room.slug));
  const found: Clash[] = [];
  for (const slot of slots) {
    if (slot.id === own || Date.parse(slot.end) <= start || Date.parse(slot.start) >= end) continue;
    const shared = slot.locations.filter((room) => single.has(room.slug) && booking.locations.includes(room.slug));
    const torn = slot.hosts.filter((host) => hosts.some((other) => samePerson(host, other)));
    if (shared.length) found.push({ kind: "room", slot, names: shared.map((room) => room.title) });
    if (torn.length) found.push({ kind: "host", slot, names: torn.map((host) => host.name || host.email || "") });
  }
  return found;
}
