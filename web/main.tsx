/**
 * Starts the page: the one file of it that reads where it is and what the tab remembers.
 *
 * @module
 */
import { render } from "hono/jsx/dom";
import { App } from "./app.tsx";

const root = document.getElementById("page");
if (!root) throw new Error('the document should have an element with the id "page"');

render(
  <App
    origin={location.origin}
    keep={{
      get: (name) => sessionStorage.getItem(name) ?? undefined,
      set: (name, value) => sessionStorage.setItem(name, value),
      remove: (name) => sessionStorage.removeItem(name),
    }}
  />,
  root,
);
