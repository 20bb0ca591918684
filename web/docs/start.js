// Draws the API reference from what this server says of itself. No validator: it lives elsewhere.

/** What of Swagger's page stands in the way of those who do not see it, or have no mouse. */
function withoutBarriers({ React }) {
  /** All of a page should lie in a part that has a name. */
  function inSection(name, draw) {
    return (props) => React.createElement("section", { "aria-label": name }, draw(props));
  }
  return {
    components: {
      // A link inside of a button, which leads where the button does.
      DeepLink: ({ text }) => text,
      // A choice of one, without a name.
      ServersContainer: () => null,
    },
    wrapComponents: {
      // The operations are headed by the third level, so that one is missing between.
      InfoContainer: (Info) =>
        inSection("About", (props) => [
          React.createElement(Info, { key: "info", ...props }),
          React.createElement("h2", { key: "next", className: "unseen" }, "Operations"),
        ]),
      SchemesContainer: (Schemes) =>
        inSection("Access", (props) => React.createElement(Schemes, props)),
    },
  };
}

globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null,
  plugins: [withoutBarriers],
});
