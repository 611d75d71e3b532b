// One Python for all pages that are open: it makes explorers, sets what the reader moves, and runs checks.
const here = new URL(".", self.location.href);
importScripts(new URL("pyodide/pyodide.js", here).href);

const say = text => postMessage({progress: text});
const compiled = new URL("compiled.zip", here).href;  // no file of the site: what Python has compiled here before

// Python compiles what it imports, which takes over a second. What it has compiled is kept in the store of this version
// of the site (sw.js) for the next page; all sources get one date, so that a copy unpacked anew is the same source.
const PREPARE = `
import os, pathlib, sys
os.environ["MPLBACKEND"] = "agg"
sys.path.insert(0, "page")
sys.dont_write_bytecode = False
places = [pathlib.Path(os.__file__).parent / "site-packages", pathlib.Path.cwd()]
for place in places:
    for source in place.rglob("*.py"):
        os.utime(source, (0, 0))
`;
const PACK = `
import io, zipfile
held = io.BytesIO()
with zipfile.ZipFile(held, "w") as packed:
    for place in places:
        for one in place.rglob("*.pyc"):
            packed.write(one, one.relative_to("/"))
held.getvalue()
`;

async function keepCompiled(python) {
  try {
    const name = (await caches.keys()).find(name => name.startsWith("gates-and-gradients-"));
    if (!name || await caches.match(compiled)) return;
    const made = python.runPython(PACK);
    await (await caches.open(name)).put(compiled, new Response(made.toJs()));
    made.destroy();
  } catch { /* no store: it is compiled again */ }
}

const ready = (async () => {
  say("Python");
  const python = await loadPyodide({indexURL: new URL("pyodide/", here).href});
  const course = fetch(new URL("course.zip", here).href).then(answer => answer.arrayBuffer());
  say("NumPy and Matplotlib");
  await python.loadPackage(["numpy", "matplotlib", "pillow"], {messageCallback: () => {}});
  say("the course");
  python.unpackArchive(await course, "zip");
  python.runPython(PREPARE);
  const before = await globalThis.caches?.match(compiled);
  if (before) python.unpackArchive(await before.arrayBuffer(), "zip", {extractDir: "/"});
  else setTimeout(keepCompiled, 4000, python);
  return python.pyimport("bridge");
})();

onmessage = async ({data: {id, job, args}}) => {
  try {
    const bridge = await ready;
    if (job === "ready") return postMessage({id, told: {}, pictures: []});
    const begin = performance.now();
    const answer = bridge[job](...args);
    const [told, pictures] = answer.toJs({create_proxies: false});
    answer.destroy();
    const bytes = pictures.map(([widget, picture]) => [widget, picture.slice()]);
    postMessage({id, told: JSON.parse(told), pictures: bytes, inside: performance.now() - begin},
                bytes.map(([, picture]) => picture.buffer));
  } catch (failure) {
    const lines = String(failure.message ?? failure).trim().split("\n");
    postMessage({id, error: lines.at(-1).replace(/^[\w.]*(Error|Exception): /, "")});
  }
};
