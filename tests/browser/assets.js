// The packages of package.json into the files that the pages serve, with a manifest; --check: whether they are the same.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../../services/api/pages/static/vendor");
const packages = createRequire(import.meta.url)("./package.json").dependencies;
const TESTS_ONLY = ["axe-core"];
const THEME = "@nl-design-system-unstable/voorbeeld-design-tokens";
const FONT = "@fontsource/noto-sans";

const of = (name, file) => readFileSync(join(here, "node_modules", name, file));
const utrecht = Object.keys(packages).filter((name) => name.startsWith("@utrecht/"));
const bundle = utrecht.map((name) => `/* ${name} ${packages[name]} */\n${of(name, "dist/index.min.css")}`).join("\n");

const files = {
  "utrecht.css": [Buffer.from(bundle), utrecht],
  "utrecht.LICENSE.md": [of(utrecht[0], "LICENSE.md"), utrecht],
  "htmx.min.js": [of("htmx.org", "dist/htmx.min.js"), ["htmx.org"]],
  "htmx.LICENSE": [of("htmx.org", "LICENSE"), ["htmx.org"]],
  "uPlot.iife.min.js": [of("uplot", "dist/uPlot.iife.min.js"), ["uplot"]],
  "uPlot.min.css": [of("uplot", "dist/uPlot.min.css"), ["uplot"]],
  "uPlot.LICENSE": [of("uplot", "LICENSE"), ["uplot"]],
  "voorbeeld/theme.css": [of(THEME, "dist/theme.css"), [THEME]],
  "voorbeeld/theme.LICENSE.md": [of(THEME, "LICENSE.md"), [THEME]],
  "voorbeeld/fonts.LICENSE": [of(FONT, "LICENSE"), [FONT]],
};
const faces = ["400", "700"].map((weight) => {
  const name = `noto-sans-latin-${weight}-normal.woff2`;
  files[`voorbeeld/${name}`] = [of(FONT, `files/${name}`), [FONT]];
  return `@font-face { font-family: "Noto Sans"; font-weight: ${weight}; font-display: swap; src: url("${name}") format("woff2"); }\n`;
});
files["voorbeeld/fonts.css"] = [Buffer.from(faces.join("")), [FONT]];

const licence = (name) => JSON.parse(of(name, "package.json")).license;
const manifest = {
  packages: Object.fromEntries(
    Object.entries(packages)
      .filter(([name]) => !TESTS_ONLY.includes(name))
      .map(([name, version]) => [name, { version, licence: licence(name) }]),
  ),
  files: Object.fromEntries(
    Object.entries(files).map(([name, [content, from]]) => [
      name,
      { sha256: createHash("sha256").update(content).digest("hex"), from },
    ]),
  ),
};
const written = Object.fromEntries(Object.entries(files).map(([name, [content]]) => [name, content]));
written["manifest.json"] = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);

if (process.argv.includes("--check")) {
  const differ = Object.entries(written).filter(([name, content]) => !content.equals(readFileSync(join(target, name))));
  for (const [name] of differ) console.error(`${name}: differs from what its package holds; run: make assets`);
  process.exitCode = differ.length ? 1 : 0;
} else {
  rmSync(target, { recursive: true, force: true });
  for (const [name, content] of Object.entries(written)) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), content);
  }
  console.log(`${Object.keys(written).length} files written to services/api/pages/static/vendor`);
}
