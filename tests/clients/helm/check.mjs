// Checks Kubernetes objects, a JSON array in a file, against the schemas of Kubernetes and KEDA, and prints what is
// wrong. A field that no schema reads does not exist: the API server would drop it.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const require = createRequire(import.meta.url);

function model({apiVersion, kind}) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const from = group === "keda.sh" ? "@kubernetes-models/keda" : "kubernetes-models";
  return require([from, group, version, kind].filter(Boolean).join("/"))[kind];
}

// The value for a validator, which notes each path that is read.
const watched = (value, path, read) => value === null || typeof value !== "object" ? value : new Proxy(value, {
  get(target, name) {
    if (typeof name === "string") read.add(`${path}/${name}`);
    return watched(target[name], `${path}/${String(name)}`, read);
  },
});

function* unread(value, path, read) {
  if (value === null || typeof value !== "object") return;
  for (const [name, inner] of Object.entries(value)) {
    if (read.has(`${path}/${name}`)) yield* unread(inner, `${path}/${name}`, read);
    else yield `${path}/${name} is not a field`;
  }
}

for (const object of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const read = new Set(), problems = [];
  try {
    model(object).prototype.validate.call(watched(object, "", read));
  } catch (error) {
    problems.push(error.message);
  }
  problems.push(...unread(object, "", read));
  for (const problem of problems) console.log(`${object.kind} ${object.metadata.name}: ${problem}`);
}
