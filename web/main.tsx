/**
 * Starts the page: the one file of it that reads where it is and what the tab remembers.
 *
 * @module
 */
import { render } from "hono/jsx/dom";
import { Frame } from "./frame.tsx";
import type { Keep } from "./session.ts";
import { speakFrame } from "./speak_frame.ts";

const root = document.getElementById("page");
if (!root) throw new Error('the document should have an element with the id "page"');

function keepIn(storage: Storage): Keep {
  return {
    get: (name) => storage.getItem(name) ?? undefined,
    set: (name, value) => storage.setItem(name, value),
    remove: (name) => storage.removeItem(name),
  };
}

speakFrame(document);
render(
  <Frame
    origin={location.origin}
    keep={keepIn(sessionStorage)}
    lasting={keepIn(localStorage)}
  />,
  root,
);
