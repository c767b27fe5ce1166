// schemas/asyncapi.yaml into what is wrong with it, a line each; exit code 1 if anything is.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Parser } from "@asyncapi/parser";

const SEVERITIES = ["error", "warning"]; // beside these there is only advice, such as that a newer version exists

const path = fileURLToPath(new URL("../asyncapi.yaml", import.meta.url));
const { document, diagnostics } = await new Parser().parse(await readFile(path, "utf8"), { source: path });
const wrong = diagnostics.filter(({ severity }) => severity < SEVERITIES.length);
for (const { severity, path: where, message } of wrong) {
  console.error(`schemas/asyncapi.yaml: ${SEVERITIES[severity]}: ${where.join(".")}: ${message}`);
}
if (!document || wrong.length > 0) process.exit(1);
console.log(`schemas/asyncapi.yaml: AsyncAPI ${document.version()}, ${document.channels().all().length} channels, nothing wrong`);
