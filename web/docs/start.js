// Draws the API reference from what this server says of itself. No validator: it lives elsewhere.
globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null,
});
