import { render } from "preact";
import { Site } from "./shell/site";

const place = document.getElementById("site");
if (place) {
  place.replaceChildren();
  render(<Site />, place);
}
