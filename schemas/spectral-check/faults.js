// One fault per rule, put into a copy of the document: a rule that does not find it is no rule.
const anOperation = (document) => document.paths["/signals"].get;

export const FAULTS = {
  "nlgov-openapi-3": (document) => (document.openapi = "2.0"),
  "nlgov-contact": (document) => delete document.info.contact.email,
  "nlgov-semver": (document) => (document.info.version = "1.0"),
  "nlgov-uri-version": (document) => (document.servers = [{ url: "/v1.0" }]),
  "nlgov-https": (document) => (document.servers = [{ url: "http://example.org/v1" }]),
  "nlgov-publish-openapi": (document) => (document.paths["/openapi.json"].get.security = [{ bearer: [] }]),
  "nlgov-openapi-location": (document) => delete document.paths["/openapi.json"],
  "nlgov-kebab-case": (document) => (document.paths["/intake_items"] = document.paths["/intake-items"]),
  "nlgov-no-trailing-slash": (document) => (document.paths["/signals/"] = document.paths["/signals"]),
  "nlgov-query-keys": (document) => anOperation(document).parameters.push({ name: "min_score", in: "query", schema: {} }),
  "nlgov-methods": (document) => (document.paths["/signals"].trace = anOperation(document)),
  "nlgov-version-header": (document) => delete anOperation(document).responses["200"].headers,
  "nlgov-problem-details": (document) => (anOperation(document).responses["403"].content = { "application/json": {} }),
  "nlgov-invalid-input": (document) => delete anOperation(document).responses["400"],
  "nlgov-times": (document) => delete document.components.schemas.StoredSignal.properties.receivedAt.format,
  "camel-case-fields": (document) => (document.components.schemas.Fact.properties.in_dutch = { type: "string" }),
  "secured-or-public": (document) => delete anOperation(document).security,
};
