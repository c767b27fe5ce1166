// What a machine can check of the NLGov REST API Design Rules 2.2 in an OpenAPI document, as rules of Spectral.
// Written from the text of the standard (each rule tells which of its rules); the published set can be run beside it.
import functions from "@stoplight/spectral-functions";
import rulesets from "@stoplight/spectral-rulesets";
import { kebabPath, operationsWith, problemDetails, times } from "./functions.js";

const { falsy, pattern, schema, truthy } = functions;
const STANDARD = "https://gitdocumentatie.logius.nl/publicatie/api/adr/2.2/#";
const OPERATIONS = "$.paths[*][get,put,post,patch,delete]";

const rule = (id, message, given, ...then) => ({ severity: "error", message, given, then, documentationUrl: STANDARD + id });
const required = (...fields) => ({ function: schema, functionOptions: { schema: { type: "object", required: fields } } });
const matching = (match, field) => ({ function: pattern, functionOptions: { match }, ...(field && { field }) });

export default {
  extends: [[rulesets.oas, "recommended"]],
  rules: {
    "oas3-api-servers": "error",
    "oas3-unused-component": "error",
    "operation-description": "error",
    "operation-tags": "error",

    "nlgov-openapi-3": rule("/core/doc-openapi", "The document must be OpenAPI 3", "$", matching("^3\\.\\d+(\\.\\d+)?$", "openapi")),
    "nlgov-contact": rule("/core/doc-openapi-contact", "The contact needs a name, an address and a page", "$.info.contact", required("name", "email", "url")),
    "nlgov-semver": rule("/core/semver", "The version must be MAJOR.MINOR.PATCH", "$.info", matching("^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)([-+][0-9A-Za-z.+-]+)?$", "version")),
    "nlgov-uri-version": rule("/core/uri-version", "A server's URL must end with its major version alone", "$.servers[*]", matching("/v[1-9]\\d*$", "url")),
    "nlgov-https": rule("/core/transport/tls", "A server's URL must not be plain http", "$.servers[*]", { field: "url", function: pattern, functionOptions: { notMatch: "^http:" } }),
    "nlgov-publish-openapi": rule("/core/publish-openapi", "The document must be at /openapi.json, for everybody", "$.paths['/openapi.json'].get", { field: "security.0", function: falsy }),
    "nlgov-openapi-location": rule("/core/publish-openapi", "The document must be at /openapi.json", "$.paths", { field: "/openapi.json", function: truthy }),
    "nlgov-kebab-case": rule("/core/path-segments-kebab-case", "{{error}}", "$.paths[*]~", { function: kebabPath }),
    "nlgov-no-trailing-slash": rule("/core/no-trailing-slash", "A path must not end with a slash", "$.paths[*]~", matching("^/$|[^/]$")),
    "nlgov-query-keys": rule("/core/query-keys-camel-case", "A query key must be lower camelCase", "$.paths[*][*].parameters[?(@ && @.in == 'query')]", matching("^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$", "name")),
    "nlgov-methods": rule("/core/http-methods", "Only GET, PUT, POST, PATCH and DELETE", "$.paths[*][*]~", matching("^(get|put|post|patch|delete|parameters|summary|description|servers)$")),
    "nlgov-version-header": rule("/core/version-header", "Every answer must tell the API-Version", `${OPERATIONS}.responses[*]`, { field: "headers", ...required("API-Version") }, { field: "headers", function: truthy }),
    "nlgov-problem-details": rule("/core/error-handling/problem-details", "{{error}}", `${OPERATIONS}.responses`, { function: problemDetails }),
    "nlgov-invalid-input": rule("/core/error-handling/invalid-input", "{{error}}", OPERATIONS, { function: operationsWith }),
    "nlgov-times": rule("/core/date-time/format", "{{error}}", "$.components.schemas[*].properties", { function: times }),
    "camel-case-fields": rule("/core/query-keys-camel-case", "A field must be lower camelCase", "$.components.schemas[*].properties[*]~", matching("^[a-z][a-zA-Z0-9]*$")),
    "secured-or-public": rule("/core/transport/tls", "An operation must say who may use it, or that everybody may", OPERATIONS, required("security")),
  },
};
