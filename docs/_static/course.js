// Explorers, guesses, quizzes and exercises on a page without a kernel. Each stands around what the notebook stored, so
// that without this file, or without Python, the picture, its words and the folded answers remain.
const base = new URL(".", import.meta.url);

// ------------------------------------------------------------------------------------------- one Python for the page

let worker, count = 0, loaded = false;
const waiting = new Map(), listeners = new Set();

function python() {
  worker ??= Object.assign(new Worker(new URL("worker.js", base)), {onmessage({data}) {
    if (data.progress) return listeners.forEach(tell => tell(data.progress));
    loaded = true;
    waiting.get(data.id)(data);
    waiting.delete(data.id);
  }, onerror() {
    giveUp("Python could not be loaded: are you offline? Reload the page to try again.");
  }});
  return worker;
}

// Whoever has moved something on an earlier page will do so here: Python begins to load while they read.
try { if (sessionStorage.getItem("gates-and-gradients-moved")) setTimeout(python, 1500); } catch { /* no store: it begins when it is needed */ }

function ask(job, ...args) {
  if (!count) try { sessionStorage.setItem("gates-and-gradients-moved", "yes"); } catch { /* as above */ }
  return new Promise(done => {
    waiting.set(++count, done);
    python().postMessage({id: count, job, args});
  });
}

// No answer will come any more.
function giveUp(sentence) {
  for (const done of waiting.values()) done({error: sentence});
  waiting.clear();
}

// What a reader wrote may run for ever: then all that Python held ends with it, and explorers stand still again.
function restart(sentence) {
  worker.terminate();
  worker = undefined;
  loaded = false;
  giveUp(sentence);
  document.querySelectorAll("gg-explorer[data-ready]").forEach(explorer => explorer.rest());
}

// ------------------------------------------------------------------------------------------------------ small helpers

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    name.includes("-") || name === "role" || name === "for" ? element.setAttribute(name, value) : element[name] = value;
  element.append(...children);
  return element;
}

const KEY = "gates-and-gradients";
const blank = {solved: [], tries: {}, guesses: {}, quizzes: {}};
const isTable = found => found && typeof found === "object" && !Array.isArray(found);
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    const ok = found && Array.isArray(found.solved) && ["tries", "guesses", "quizzes"].every(
      name => isTable(found[name])) && [...Object.values(found.tries), ...Object.values(found.quizzes)].every(isTable);
    return ok ? found : structuredClone(blank);
  } catch { return structuredClone(blank); }
}
function keep(change) {
  const all = kept();
  change(all);
  try { localStorage.setItem(KEY, JSON.stringify(all)); } catch { /* a full or forbidden store: it counts all the same */ }
  document.dispatchEvent(new CustomEvent("course-progress"));
}

let names = 0;
const significant = value => String(+value.toPrecision(3));

// -------------------------------------------------------------------------------------------------- the kinds of widgets

// Each takes (widget's spec, send(trait, value)) and gives {node, set(trait, value)}.
const KINDS = {
  VBox: box, HBox: box, Box: box,

  Image(spec) {
    const image = make("img", {className: "gg-picture", alt: ""});
    return {node: make("div", {className: "gg-frame"}, image), set() {}, picture(bytes) {
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(new Blob([bytes], {type: "image/png"}));
    }};
  },

  HTML(spec) {
    const node = make("div", {className: "gg-words"});
    const set = (trait, value) => {
      if (trait !== "value" || node.innerHTML === value) return;
      node.innerHTML = value;
      node.querySelectorAll("img[onerror]").forEach(image => image.remove());  // names for JupyterLab, not needed here
    };
    set("value", spec.value);
    return {node, set};
  },

  Button(spec, send) {
    const node = make("button", {type: "button", title: spec.tooltip ?? "", onclick: () => send("clicked", true)});
    const set = (trait, value) => trait === "description" ? node.textContent = value : trait === "disabled" && (node.disabled = value);
    set("description", spec.description);
    set("disabled", spec.disabled);
    return {node, set};
  },

  Checkbox(spec, send) {
    const input = make("input", {type: "checkbox", checked: spec.value, onchange: () => send("value", input.checked)});
    const node = make("label", {className: "gg-control gg-check"}, input, spec.description);
    return {node, set: (trait, value) => trait === "value" && (input.checked = value)};
  },

  Dropdown(spec, send) {
    const input = make("select", {onchange: () => send("index", input.selectedIndex)});
    const set = (trait, value) => {
      if (trait === "labels") input.replaceChildren(...value.map(label => make("option", {}, label)));
      if (trait === "index") input.selectedIndex = value;
      if (trait === "disabled") input.disabled = value;
    };
    for (const trait of ["labels", "index", "disabled"]) set(trait, spec[trait]);
    return {node: labelled(spec, input), set};
  },

  Text: text, Textarea: text,

  IntText(spec, send) {
    const input = make("input", {type: "number", value: spec.value, onchange: () => send("value", +input.value)});
    return {node: make("div", {}, input), set: (trait, value) => trait === "value" && (input.value = value)};
  },

  FloatSlider: (spec, send) => slider(spec, send), IntSlider: (spec, send) => slider(spec, send),
  FloatLogSlider: (spec, send) => slider(spec, send),

  SelectionSlider(spec, send) {
    let labels = spec.labels;
    return slider({...spec, min: 0, max: labels.length - 1, step: 1, value: spec.index}, (_, value) => send("index", value),
      {trait: "index", words: value => labels[value] ?? "", labels: found => labels = found});
  },

  Play(spec, send) {
    const state = {...spec};
    let timer;
    const play = make("button", {type: "button", onclick: () => state.playing ? stop() : start()}, "▶ play");
    const reset = make("button", {type: "button", onclick: () => { stop(); send("value", state.min); }}, "■ reset");
    const stop = () => { clearTimeout(timer); state.playing = false; play.textContent = "▶ play"; send("playing", false); };
    const start = () => { state.playing = true; play.textContent = "❚❚ pause"; send("playing", true); if (state.value >= state.max) send("value", state.min); tick(); };
    const tick = (due = performance.now() + state.interval) => timer = setTimeout(async () => {
      if (!state.playing) return;
      if (state.value >= state.max) return stop();
      await send("value", Math.min(state.max, state.value + state.step));
      tick(Math.max(due + state.interval, performance.now()));  // a timer that came late does not delay the next
    }, due - performance.now());
    return {node: make("div", {className: "gg-play", role: "group", "aria-label": "play"}, play, reset),
            set: (trait, value) => state[trait] = value};
  },
};

function box(spec, send, build) {
  const node = make("div", {className: spec.kind === "VBox" || spec.kind === "Box" ? "gg-column" : "gg-row"});
  const set = (trait, value) => trait === "children" && node.replaceChildren(...value.map(build));
  set("children", spec.children);
  return {node, set};
}

function labelled(spec, input, ...more) {
  input.id = `gg-${++names}`;
  return make("div", {className: "gg-control"}, make("label", {for: input.id}, spec.description), input, ...more);
}

function slider(spec, send, choice) {
  const state = {...spec}, log = spec.kind === "FloatLogSlider";
  const input = make("input", {type: "range"}), readout = make("output");
  const digits = /\.(\d+)f/.exec(spec.readout_format ?? "")?.[1];
  const words = value => choice ? choice.words(value) : log ? significant(value) : digits ? value.toFixed(+digits) : String(value);
  const draw = () => {
    Object.assign(input, {min: state.min, max: state.max, step: state.step, disabled: state.disabled});
    input.value = log ? Math.log10(state.value) : state.value;
    readout.textContent = words(state.value);
    input.setAttribute("aria-valuetext", readout.textContent);
  };
  input.oninput = () => {
    state.value = log ? 10 ** +input.value : +input.value;
    readout.textContent = words(state.value);
    input.setAttribute("aria-valuetext", readout.textContent);
    send("value", state.value);
  };
  draw();
  const own = choice?.trait ?? "value";
  return {node: labelled(spec, input, readout), set(trait, value) {
    if (trait === "labels" && choice) { choice.labels(value); state.max = value.length - 1; }
    else if (trait === own) { if (document.activeElement === input && value === state.value) return; state.value = value; }
    else state[trait] = value;
    draw();
  }};
}

function text(spec, send) {
  const area = spec.kind === "Textarea";
  const input = make(area ? "textarea" : "input", {value: spec.value ?? "", placeholder: spec.placeholder ?? "",
    oninput: () => send("value", input.value)});
  if (area) input.rows = spec.rows ?? 3;
  const node = labelled(spec, input);
  node.classList.add("gg-wide");
  return {node, set: (trait, value) => trait === "value" && document.activeElement !== input && (input.value = value)};
}

// ------------------------------------------------------------------------------------------------------------ explorers

let rest;  // the timer that writes the address
const others = one => [...document.querySelectorAll(`gg-explorer[name="${one.getAttribute("name")}"]`)];

class ExplorerElement extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.given = JSON.stringify(data(this));
    this.still = [...this.childNodes];
    this.button = make("button", {type: "button", className: "gg-start", onclick: () => this.start()}, "▶ Move it");
    this.button.addEventListener("pointerenter", python, {once: true});  // Python begins to load
    this.message = make("p", {role: "status", className: "gg-message"});
    this.row = make("div", {className: "gg-row"}, this.button, this.message);
    this.prepend(this.row);
    this.fromAddress();
    window.addEventListener("hashchange", () => this.fromAddress());
  }

  // Begin as a link says: #explorer=LeakyUnit&f=0.9, with n=1 for the second of that name.
  fromAddress() {
    clearTimeout(rest);
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.get("explorer") !== this.getAttribute("name") || others(this).indexOf(this) !== +(asked.get("n") ?? 0)) return;
    asked.delete("explorer"); asked.delete("n");
    if (this.dataset.ready) this.rest();
    this.start(Object.fromEntries([...asked].map(([name, value]) =>
      [name, value === "true" || value === "false" ? value === "true" : value !== "" && isFinite(value) ? +value : value])), true);
  }

  // As it was before "Move it".
  rest() {
    delete this.dataset.ready;
    this.button.disabled = false;
    this.message.textContent = "";
    this.replaceChildren(this.row, ...this.still);
  }

  async start(settings = {}, jump = false) {
    if (this.button.disabled) return;
    this.button.disabled = true;
    if (jump) this.scrollIntoView();
    const tell = part => this.message.textContent = `Loading ${part} …`;
    loaded || tell("Python (once, 21 MB)");
    listeners.add(tell);
    const first = await ask("make", this.getAttribute("name"), this.given, JSON.stringify(settings));
    listeners.delete(tell);
    if (first.error) return this.fail(first.error);
    this.views = new Map();
    this.busy = false;
    this.queue = new Map();
    const tree = this.build(first.told.tree);
    this.replaceChildren(tree);
    this.receive({told: {changed: []}, pictures: first.pictures});
    this.dataset.ready = "yes";
    if (!jump) tree.querySelector("input, select, textarea, button")?.focus({preventScroll: true});
  }

  fail(sentence) {
    this.message.textContent = sentence;
    this.message.setAttribute("role", "alert");
    this.button.disabled = false;
  }

  build(spec) {
    const send = (trait, value) => this.send(spec.id, trait, value);
    const view = (KINDS[spec.kind] ?? KINDS.HTML)(spec, send, child => this.build(child));
    view.node.classList.add(...spec.classes);
    if (spec.look.display === "none") view.node.classList.add("gg-unseen");
    if (spec.look.min_height) view.node.style.minHeight = spec.look.min_height;
    if (spec.look.height) view.node.style.height = spec.look.height;
    this.views.set(spec.id, view);
    return view.node;
  }

  // One change at a time is under way; of those that wait, the latest of each control stays.
  send(widget, trait, value) {
    return new Promise(done => {
      const key = `${widget} ${trait}`;
      this.queue.get(key)?.done();
      this.queue.set(key, {widget, trait, value, done});
      this.work();
    });
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue.size) {
      const [key, {widget, trait, value, done}] = this.queue.entries().next().value;
      this.queue.delete(key);
      const answer = await ask("receive", widget, trait, JSON.stringify(value));
      if (answer.error) this.complain(answer.error);
      else {
        this.receive(answer);
        this.address(answer.told.settings);
      }
      this.inside = answer.inside;
      done();
    }
    this.busy = false;
  }

  receive({told, pictures}) {
    for (const [widget, trait, value] of told.changed) this.views.get(widget)?.set(trait, value);
    for (const [widget, bytes] of pictures) this.views.get(widget)?.picture(bytes);
    const words = this.querySelector("[role=status], [role=alert]"), picture = this.querySelector("img.gg-picture");
    if (picture && words) picture.alt = words.textContent;
  }

  complain(sentence) {
    const words = this.querySelector("[role=status], [role=alert]");
    if (words) { words.setAttribute("role", "alert"); words.textContent = sentence; }
  }

  // The settings stand in the page's address, so that they can be linked to; it is written when nothing has moved for a
  // moment, since browsers refuse many changes of it in a row.
  address(settings) {
    clearTimeout(rest);
    rest = setTimeout(() => {
      const asked = new URLSearchParams({explorer: this.getAttribute("name"), ...settings});
      const place = others(this).indexOf(this);
      if (place) asked.set("n", place);
      history.replaceState(null, "", `#${asked}`);
    }, 200);
  }
}

// ------------------------------------------------------------------------------------------------- guesses and quizzes

function data(element) { return JSON.parse(element.querySelector("script[type='application/json']").textContent); }

function readNumber(typed, unit, least, most) {
  const words = typed.trim().replace(unit, "").replace("%", "").trim().replace(/(\d),(?=\d{3}\b)/g, "$1").replace(",", ".");
  const fraction = /^(-?[\d.]+)\s*\/\s*([\d.]+)$/.exec(words);
  const value = fraction ? fraction[1] / fraction[2] : words === "" ? NaN : Number(words);
  if (!isFinite(value)) throw Error(typed.trim() ? `There is no number in “${typed.trim().slice(0, 40)}”: write one, such as 12 or 0.5.` : "Write a number first, such as 12 or 0.5.");
  if (least !== null && value < least || most !== null && value > most)
    throw Error(`Write a number ${most === null ? `of at least ${least}` : `from ${least} to ${most}`}.`);
  return value;
}

class GuessElement extends HTMLElement {
  connectedCallback() {
    if (this.said) return;
    const asked = this.asked = data(this);
    this.said = make("div", {className: "gg-answer", role: "status"});
    this.lockButton = make("button", {type: "button", onclick: () => this.lock()}, "Lock");
    const name = `gg-${++names}`;
    if (asked.options.length) this.field = make("div", {role: "radiogroup", "aria-label": "your guess", className: "gg-row"},
      ...asked.options.map(option => make("label", {className: "gg-check"}, make("input", {type: "radio", name, value: option}), option)));
    else {
      const input = make("input", {type: "text", inputMode: "decimal", id: name, "aria-label": "your guess",
        onkeydown: event => event.key === "Enter" && this.lock()});
      this.field = make("span", {className: "gg-row"}, input, asked.unit);
    }
    const head = make("div");
    head.innerHTML = asked.heading;
    this.replaceChildren(head, make("div", {className: "gg-row"}, this.field, this.lockButton), this.said);
    const found = kept().guesses[asked.name];
    if (asked.options.length ? asked.options.includes(found) : typeof found === "number") this.show(found);
    else this.said.textContent = asked.part === "tell" ? "Lock your guess above first." : "Once your guess is locked it stays." +
      (asked.part === "ask" ? " The lesson measures the answer further down." : " Then you see the answer.");
    if (asked.part !== "tell" && !(asked.name in kept().guesses)) this.cover();
    if (asked.part === "tell") {  // the place where the answer comes: the guess is locked above
      this.field.hidden = this.lockButton.hidden = true;
      document.addEventListener("course-progress", () => asked.name in kept().guesses && this.show(kept().guesses[asked.name]));
    }
  }

  // What the cells from here to the answer have put out, and paragraphs that tell it, stay covered until the guess is
  // locked, or the reader says so.
  cover() {
    const name = this.asked.name.replace(".", "-");
    for (const output of document.querySelectorAll(`.tag_behind-${name} > .cell_output, .gg-told.behind-${name}`)) {
      const button = make("button", {type: "button", onclick: () => output.classList.remove("gg-behind")}, "Show it all the same");
      output.classList.add("gg-behind");
      output.prepend(make("p", {className: "gg-cover"}, "Lock your guess, and this opens.", button));
      document.addEventListener("course-progress", () => {
        if (this.asked.name in kept().guesses) output.classList.remove("gg-behind");
      });
    }
  }

  lock() {
    const {asked} = this;
    let value;
    try {
      if (asked.options.length) {
        value = this.querySelector("input:checked")?.value;
        if (!value) throw Error("Choose one first.");
      } else value = readNumber(this.querySelector("input").value, asked.unit, asked.least, asked.most);
    } catch (unclear) { this.said.textContent = unclear.message; return; }
    keep(all => all.guesses[asked.name] ??= value);
    this.show(value);
  }

  show(value) {
    const {asked} = this;
    for (const input of this.querySelectorAll("input")) {
      input.disabled = true;
      if (input.type === "radio") input.checked = input.value === value; else input.value = value;
    }
    this.lockButton.disabled = true;
    this.lockButton.textContent = "✓ Locked";
    if (asked.part === "ask") return this.said.textContent = "Locked. The lesson measures the answer further down.";
    const unit = asked.unit && ` ${asked.unit}`, most = Math.max(value, asked.answer);
    const row = (who, what, className) => {
      const bar = make("span", {className: `gg-bar ${className}`});
      if (typeof what === "number" && most > 0 && Math.min(value, asked.answer) >= 0) bar.style.width = `${55 * what / most}%`;
      return [make("span", {}, who), make("span", {}, bar, make("b", {}, typeof what === "number" ? significant(what) + unit : what))];
    };
    const why = make("p");
    why.innerHTML = asked.why;
    this.said.replaceChildren(make("div", {className: "gg-compared"},
      ...row("your guess", value, "yours"), ...row(asked.told.toLowerCase(), asked.answer, "measured")), why);
  }
}

class QuizElement extends HTMLElement {
  connectedCallback() {
    if (this.summary) return;
    const {number, questions} = data(this);
    this.summary = make("p", {role: "status"});
    const first = {};
    const count = () => {
      const right = Object.entries(first).filter(([n, i]) => questions[n - 1].options[i].right).length, all = questions.length;
      const answered = Object.keys(first).length;
      this.summary.textContent = (answered < all ? `${answered} of ${all} answered, ${right}` : `${right} of ${all}`) + " right on the first try";
    };
    const saved = kept().quizzes[number] ?? {};
    const boxes = questions.map((question, place) => {
      const n = place + 1, feedback = make("p", {role: "status", className: "gg-feedback"}), buttons = [];
      const choose = index => {
        const option = question.options[index], letter = "ABCD"[index];
        if (!(n in first)) {
          first[n] = index;
          keep(all => { (all.quizzes[number] ??= {})[n] ??= index; });
        }
        buttons[index].classList.add(option.right ? "gg-right" : "gg-wrong");
        buttons[index].textContent = `${letter} ${option.right ? "✓" : "✗"}`;
        feedback.innerHTML = `${letter} is ${option.right ? "right" : "not right"}. ${option.feedback}`;
        count();
      };
      const rows = question.options.map((option, index) => {
        buttons[index] = make("button", {type: "button", onclick: () => choose(index)}, "ABCD"[index]);
        const words = make("span");
        words.innerHTML = option.text;
        return make("div", {className: "gg-option"}, buttons[index], words);
      });
      const head = make("p");
      head.innerHTML = `<b>${n}. ${question.text}</b>`;
      if (Number.isInteger(saved[n]) && question.options[saved[n]]) queueMicrotask(() => choose(saved[n]));
      return make("div", {className: "gg-question", role: "group"}, head, ...rows, feedback);
    });
    this.replaceChildren(...boxes, this.summary);
    count();
  }
}

// ----------------------------------------------------------------------------------------- exercises, and what is done

const MOST_SECONDS = 20;  // of a check

class ExerciseElement extends HTMLElement {
  connectedCallback() {
    if (this.code) return;
    const {number, stub, names} = data(this), place = `${KEY}-${number}`;
    let own = null;  // what was written here before
    try { own = localStorage.getItem(place); } catch { /* no store: each visit begins with the stub */ }
    this.code = make("textarea", {className: "gg-code", spellcheck: false, value: own ?? stub, rows: (own ?? stub).split("\n").length + 4,
      "aria-label": `your code for exercise ${number}`, onkeydown: event => {
        if (event.key !== "Tab" || event.shiftKey || !event.target.value) return;
        event.preventDefault();
        event.target.setRangeText("    ", event.target.selectionStart, event.target.selectionEnd, "end");
      }});
    this.said = make("div", {role: "status", className: "gg-outcome"});
    this.code.addEventListener("input", () => {  // what was said was said of other code
      delete this.said.dataset.status;
      this.said.replaceChildren();
      try { this.code.value === stub ? localStorage.removeItem(place) : localStorage.setItem(place, this.code.value); } catch { /* as above */ }
    });
    const check = make("button", {type: "button", onclick: async () => {
      check.disabled = true;
      const tell = part => this.said.textContent = `Loading ${part} …`;
      loaded || tell("Python (once, 21 MB)");
      listeners.add(tell);
      delete this.said.dataset.status;
      await ask("ready");
      listeners.delete(tell);
      this.said.textContent = "Checking …";
      const late = setTimeout(restart, MOST_SECONDS * 1000, `It ran for ${MOST_SECONDS} seconds and was stopped: does a loop never end?`);
      const answer = await ask("check", number, this.code.value);
      clearTimeout(late);
      check.disabled = false;
      const {status, sentence} = answer.error ? {status: "Not yet", sentence: answer.error} : answer.told;
      this.said.dataset.status = status;
      const mark = {"Correct": "✓", "Not yet": "✗", "Not tried yet": "○"}[status];
      this.said.replaceChildren(make("b", {}, `${mark} ${number} ${status}`), make("br"), sentence);
      keep(all => {
        if (status === "Correct") all.solved = [...new Set([...all.solved, number])].sort();
        else if (status === "Not yet") { const tries = all.tries[number] ??= {}; tries[sentence] = (tries[sentence] ?? 0) + 1; }
      });
    }}, "Check");
    check.addEventListener("pointerenter", python, {once: true});
    this.prepend(make("div", {className: "gg-hint"}, `Write here; ${names.join(" and ")} can be used. Tab indents, Escape then Tab leaves the box.`), this.code, check, this.said);
  }
}

class ProgressElement extends HTMLElement {
  connectedCallback() {
    this.draw();
    document.addEventListener("course-progress", () => this.draw());
  }

  draw() {
    const all = kept(), {lessons} = data(this);
    const script = this.querySelector("script");
    const dots = (title, parts, word) => {
      const done = parts.filter(Boolean).length;
      const row = make("span", {"aria-hidden": "true", className: "gg-dots"}, parts.map(part => part ? "●" : "○").join(" "));
      return make("td", {}, title, " ", row, make("br"), make("small", {}, `${done} of ${parts.length} ${word}`));
    };
    const rows = lessons.map(({title, number, guesses, quiz, exercises}) => make("tr", {}, make("th", {scope: "row"}, title),
      dots("Guesses", guesses.map(name => name in all.guesses), "locked"),
      dots("Quiz", quiz.map((right, place) => all.quizzes[number]?.[place + 1] === right), "right on the first try"),
      dots("Exercises", exercises.map(one => all.solved.includes(one)), "solved")));
    this.replaceChildren(script, make("table", {}, ...rows));
  }
}

// What is printed in columns stays in them, and scrolls where the screen is narrow.
for (const printed of document.querySelectorAll(".cell_output .stream pre"))
  printed.classList.toggle("gg-columns", (printed.textContent.match(/\S {3,}\S/g) ?? []).length > 2);

customElements.define("gg-explorer", ExplorerElement);
customElements.define("gg-guess", GuessElement);
customElements.define("gg-quiz", QuizElement);
customElements.define("gg-exercise", ExerciseElement);
customElements.define("gg-progress", ProgressElement);

if ("serviceWorker" in navigator) navigator.serviceWorker.register(new URL("../sw.js", base)).catch(() => {});
