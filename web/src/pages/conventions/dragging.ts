// Dragging something from a list over the page, with a mouse, a pen or a finger.

export interface Drag {
  /** Where the pointer is; called on each move. */
  over: (x: number, y: number) => string;
  drop: (x: number, y: number) => void;
  /** The drag ended without a drop. */
  cancel: () => void;
}

const THRESHOLD = 5;
const EDGE = 48;

/** Begin to follow a pointer that went down; it becomes a drag once it has moved a little. `label` goes along with it. */
export function follow(down: PointerEvent, label: string, drag: Drag): void {
  if (down.button !== 0) return;
  const source = down.currentTarget as HTMLElement;
  let ghost: HTMLElement | null = null;
  const title = document.createElement("b");
  const where = document.createElement("span");
  const stop = new AbortController();
  const listen = { signal: stop.signal };

  source.addEventListener("pointermove", move, listen);
  source.addEventListener("pointerup", up, listen);
  source.addEventListener("pointercancel", give, listen);
  addEventListener("keydown", (event) => (event.key === "Escape" ? give() : undefined), listen);

  function move(event: PointerEvent) {
    if (event.pointerId !== down.pointerId) return;
    if (!ghost) {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD) return;
      source.setPointerCapture(down.pointerId);
      ghost = document.createElement("div");
      ghost.className = "drag-ghost";
      title.textContent = label;
      title.dir = "auto";
      title.className = "clip";
      ghost.append(title, where);
      document.body.append(ghost);
    }
    event.preventDefault();
    ghost.style.translate = `${Math.min(event.clientX + 12, innerWidth - ghost.offsetWidth - 8)}px ${event.clientY + 12}px`;
    where.textContent = drag.over(event.clientX, event.clientY);
    scrollAtEdges(event.clientX, event.clientY);
  }

  function up(event: PointerEvent) {
    if (event.pointerId !== down.pointerId) return;
    const dragged = ghost !== null;
    end();
    if (!dragged) return;
    // The click that may follow a drag is none.
    const swallow = (click: Event) => click.stopPropagation();
    source.addEventListener("click", swallow, { capture: true });
    setTimeout(() => source.removeEventListener("click", swallow, { capture: true }));
    drag.drop(event.clientX, event.clientY);
  }

  function give() {
    const dragged = ghost !== null;
    end();
    if (dragged) drag.cancel();
  }

  function end() {
    stop.abort();
    ghost?.remove();
    ghost = null;
  }
}

/** Scroll what is under the pointer, and the page, when it comes near an edge. */
function scrollAtEdges(x: number, y: number): void {
  const box = document.elementFromPoint(x, y)?.closest<HTMLElement>(".ec-main");
  if (box) {
    const edges = box.getBoundingClientRect();
    // What stays in place while the rest scrolls is passed on the way in, and no edge to aim at.
    const top = box.querySelector(".ec-col-head")?.getBoundingClientRect().bottom ?? edges.top;
    const left = box.querySelector(".ec-sidebar")?.getBoundingClientRect().right ?? edges.left;
    if (y > edges.bottom - EDGE / 2) box.scrollTop += 8;
    else if (y >= top && y < top + EDGE / 4) box.scrollTop -= 8;
    if (x > edges.right - EDGE / 2) box.scrollLeft += 8;
    else if (x >= left && x < left + EDGE / 4) box.scrollLeft -= 8;
  }
  if (y > innerHeight - EDGE) scrollBy(0, 10);
  else if (y < EDGE) scrollBy(0, -10);
}
