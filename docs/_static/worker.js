// One Python for all pages that are open: it makes explorers, sets what the reader moves, and runs checks.
const here = new URL(".", self.location.href);
importScripts(new URL("pyodide/pyodide.js", here).href);

const say = text => postMessage({progress: text});
const ready = (async () => {
  say("Python");
  const python = await loadPyodide({indexURL: new URL("pyodide/", here).href});
  const course = fetch(new URL("course.zip", here).href).then(answer => answer.arrayBuffer());
  say("NumPy and Matplotlib");
  await python.loadPackage(["numpy", "matplotlib", "pillow"], {messageCallback: () => {}});
  say("the course");
  python.unpackArchive(await course, "zip");
  python.runPython("import os, sys; os.environ['MPLBACKEND'] = 'agg'; sys.path.insert(0, 'page')");
  return python.pyimport("bridge");
})();

onmessage = async ({data: {id, job, args}}) => {
  try {
    const bridge = await ready;
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
