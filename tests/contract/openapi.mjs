// Lints an OpenAPI document with Redocly's and Spectral's recommended rules and prints what they find.
// Exit 0 when neither has an error or a warning, 1 otherwise.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectralCore from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";

const file = process.argv[2];
const source = readFileSync(file, "utf8");
const found = [];

// What the recommended rules ask for and this API has no use for, with the reason.
const redoclyOff = {
  "operation-4xx-response": "off", // two lists take no parameter and no body: nothing can be wrong with the request
};
const spectralOff = {
  "array-items": "off", // the rule is older than OpenAPI 3.1, whose tuples say prefixItems
  "info-contact": "off", // whoever runs the product helps with it; the product does not know who that is
  "operation-description": "off", // where the summary says all there is to say
};

const config = await createConfig({ extends: ["recommended"], rules: redoclyOff });
for (const { ruleId, severity, message, location } of await lintFromString({ source, absoluteRef: pathToFileURL(file).href, config })) {
  found.push(`redocly ${severity} ${ruleId}: ${location[0]?.pointer ?? "#"}: ${message}`);
}

const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [rulesets.oas], rules: spectralOff });
for (const { code, severity, message, path } of await spectral.run(JSON.parse(source))) {
  if (severity <= 1) found.push(`spectral ${severity ? "warn" : "error"} ${code}: #/${path.join("/")}: ${message}`);
}

for (const line of found) console.error(line);
if (found.length > 0) process.exit(1);
console.log(`${file}: neither Redocly nor Spectral has anything to say`);
