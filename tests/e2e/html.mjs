// Checks pages with html-validate: reads {"name": "<!doctype html>…", …} and prints a list of faults.

import { readFileSync } from "node:fs";
import { HtmlValidate } from "html-validate";

const config = JSON.parse(readFileSync(new URL("../../.htmlvalidate.json", import.meta.url), "utf8"));
const checker = new HtmlValidate(config);
const faults = [];
for (const [name, page] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  const report = await checker.validateString(page, `${name}.html`);
  for (const { messages } of report.results) {
    for (const { ruleId, message, line, column } of messages) faults.push(`${name}:${line}:${column}: ${message} (${ruleId})`);
  }
}
console.log(JSON.stringify(faults));
