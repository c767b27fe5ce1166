// Parts of an OpenAPI document into what is wrong with them, where a pattern is not enough.
const WORDS = "[a-z0-9]+(-[a-z0-9]+)*";
const SEGMENT = new RegExp(`^(${WORDS}|\\{[^{}/]+\\})$`);
const LAST = new RegExp(`^(_?${WORDS}|\\{[^{}/]+\\})$`);
const PROBLEM = "application/problem+json";
const TOLD = ["status", "title", "detail"];

const wrong = (message) => [{ message }];

// Lower-case words with hyphens between; the last segment may begin with _ (an operation).
export function kebabPath(path) {
  if (path === "/" || path === "/openapi.json") return [];
  const segments = path.replace(/\/$/, "").slice(1).split("/");
  const bad = segments.filter((segment, at) => !(at === segments.length - 1 ? LAST : SEGMENT).test(segment));
  return bad.map((segment) => ({ message: `"${segment}" is not kebab-case` }));
}

// Answers of 400 and above are problem+json, which always tells status, title and detail.
export function problemDetails(responses) {
  return Object.entries(responses)
    .filter(([status]) => status === "default" || status >= "400")
    .flatMap(([status, { content = {} }]) => {
      const types = Object.keys(content);
      if (types.length !== 1 || types[0] !== PROBLEM) return wrong(`${status} must be ${PROBLEM} and nothing else`);
      const promised = content[PROBLEM].schema?.required ?? [];
      return TOLD.every((field) => promised.includes(field)) ? [] : wrong(`${status} must promise ${TOLD.join(", ")}`);
    });
}

// What takes a body or parameters in path or query can get a 400.
export function operationsWith(operation) {
  const takes = operation.requestBody || (operation.parameters ?? []).some(({ in: place }) => place === "path" || place === "query");
  return takes && !operation.responses["400"] ? wrong("An operation that takes input must document 400") : [];
}

// Moments are date-time with an offset, days are date; the name tells which.
export function times(properties) {
  return Object.entries(properties).flatMap(([name, described]) => {
    const formats = [described, ...(described.anyOf ?? []), ...(described.oneOf ?? [])].map(({ format }) => format);
    if (formats.some((format) => ["time", "date-time-local"].includes(format))) return wrong(`${name} must tell its offset`);
    if (/([a-z]At|^at)$/.test(name) && !formats.includes("date-time")) return wrong(`${name} must be a date-time`);
    if (/(Date|Day|^date|^day)$/.test(name) && !formats.includes("date")) return wrong(`${name} must be a date`);
    return [];
  });
}
