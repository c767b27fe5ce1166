// schemas/openapi.json, or the file that is named, into what is wrong with it, a line each; exit code 1 if anything is.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import core from "@stoplight/spectral-core";
import { FAULTS } from "./faults.js";
import ruleset from "./ruleset.js";

const SEVERITIES = ["error", "warning", "information", "hint"];
const OWN = Object.keys(ruleset.rules).filter((name) => typeof ruleset.rules[name] === "object");

const path = process.argv[2] ?? fileURLToPath(new URL("../openapi.json", import.meta.url));
const text = await readFile(path, "utf8");
const spectral = new core.Spectral();
spectral.setRuleset(ruleset);

const wrong = await spectral.run(text);
for (const { severity, code, path: where, message } of wrong) {
  console.error(`${path}: ${SEVERITIES[severity]}: ${code}: ${where.join(".")}: ${message}`);
}

const blind = [];
for (const name of OWN) {
  const document = JSON.parse(text);
  FAULTS[name]?.(document);
  const found = await spectral.run(JSON.stringify(document));
  if (!found.some(({ code }) => code === name)) blind.push(name);
}
for (const name of blind) console.error(`schemas/spectral-check: ${name} does not find its fault of faults.js`);

if (wrong.length > 0 || blind.length > 0) process.exit(1);
console.log(`${path}: ${OWN.length} design rules and Spectral's own, nothing wrong; each rule finds the fault made for it`);
