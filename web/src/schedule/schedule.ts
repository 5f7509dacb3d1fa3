// What script adds to a public schedule, which is whole without it: search while typing, what is on now, the reader's own
// time, rooms side by side, and copying the link.
import { marksNow, showOwnTimes } from "./clock";
import { offerGrid } from "./grid";
import { searchWhileTyping } from "./search";
import { closeSheets, offerCopying } from "./share";

const entries = [...document.querySelectorAll<HTMLElement>(".entry")];
showOwnTimes(entries);
marksNow(entries);
searchWhileTyping(entries);
offerCopying();
closeSheets();
offerGrid();
