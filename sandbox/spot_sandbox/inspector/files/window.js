// The window: the journal and the orders of this server, as they arrive. Data from clients is shown only by
// textContent, which the content security policy enforces.

import { body, exact } from "./json.js";

const API = `${location.origin}/_sandbox/api/`; // Without a password in the page's address.
const MOST_KEPT = 2000; // How many entries the page keeps; the oldest are dropped.
const FIRST_LOADED = 500;
const SHOWN_AT_ONCE = 150;
const USUAL_SCENARIO = "drop after commit"; // The most important one for applications.

const $ = (id) => document.getElementById(id);
const state = {
  kind: "requests", // or "orders"
  requests: [], // Newest first.
  orders: [],
  counts: { requests: 0, orders: 0 },
  shown: SHOWN_AT_ONCE,
  chosen: { requests: null, orders: null },
  query: "",
};

// --- Requests to the server ------------------------------------------------------------------------------------

async function call(path, options = {}) {
  const answer = await fetch(API + path, { cache: "no-store", ...options });
  const value = exact(await answer.text());
  if (!answer.ok) throw new Error(value.error?.detail ?? `The server answered ${answer.status}.`);
  return value;
}

function send(path, value) {
  return call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value ?? {}) });
}

async function loadAll() {
  const [requests, orders] = await Promise.all([
    call(`requests?last=${FIRST_LOADED}`), call(`orders?last=${FIRST_LOADED}`),
  ]);
  state.requests = requests.reverse().map(withText);
  state.orders = orders.reverse().map(withText);
  await count();
  draw();
}

let asked = 0;
async function count() {
  asked += 1;
  const mine = asked;
  const counts = await call("count");
  if (mine === asked) state.counts = counts; // Otherwise a later response follows.
  draw();
}

function listen() {
  const events = new EventSource(`${API}events`);
  events.addEventListener("open", () => {
    live("live");
    run(async () => { await loadAll(); await loadScenarios(); });
  });
  events.addEventListener("error", () => live(events.readyState === EventSource.CLOSED ? "closed" : "connecting"));
  events.addEventListener("request", (event) => arrive(JSON.parse(event.data)));
}

function live(word) {
  $("state").textContent = word === "closed" ? "disconnected" : word;
  $("state").dataset.is = word;
}

let waiting = [];
function arrive(entry) {
  waiting.push(entry);
  if (waiting.length === 1) setTimeout(takeIn, 100);
}

function takeIn() {
  const came = waiting.filter((entry) => entry.number > (state.requests[0]?.number ?? 0)).map(withText).reverse();
  const hasOrders = came.some((entry) => entry.order_id);
  waiting = [];
  state.requests = [...came, ...state.requests].slice(0, MOST_KEPT);
  draw();
  run(hasOrders ? loadNewOrders : count);
  if (came.some((entry) => entry.scenario)) run(loadScenarios);
}

async function loadNewOrders() {
  const last = state.orders[0]?.order_id ?? "";
  const path = last ? `orders?after=${encodeURIComponent(last)}&limit=1000` : `orders?last=${FIRST_LOADED}`;
  const came = (await call(path)).reverse().map(withText);
  const known = new Set(state.orders.map((order) => order.order_id));
  state.orders = [...came.filter((order) => !known.has(order.order_id)), ...state.orders].slice(0, MOST_KEPT);
  await count();
  draw();
}

/** Runs something that asks the server, and shows where it fails. */
async function run(ask) {
  try {
    await ask();
    trouble("");
  } catch (error) {
    trouble(error instanceof TypeError ? "The server cannot be reached." : error.message);
  }
}

function trouble(sentence) {
  $("trouble").textContent = sentence;
  $("trouble").hidden = !sentence;
}

// --- Rendering -------------------------------------------------------------------------------------------------

/** An element with attributes and children; children are text or elements, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function withText(item) {
  const escape = /\\+u([0-9a-f]{4})/gi; // Bodies contain "ë" as sent, perhaps as \u00eb.
  const text = JSON.stringify(item).replace(escape, (_, code) => String.fromCharCode(parseInt(code, 16)));
  item.haystack = text.toLowerCase();
  return item;
}

const keyOf = (item) => String(state.kind === "orders" ? item.order_id : item.number);

function found() {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  const items = state[state.kind];
  return words.length ? items.filter((item) => words.every((word) => item.haystack.includes(word))) : items;
}

const drawn = new WeakMap(); // The row of each item.
let isDrawing = false;
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    drawNow();
  });
}

function drawNow() {
  const items = found();
  const rows = $("rows");
  rows.replaceChildren(...items.slice(0, state.shown).map((item) => drawn.get(item) ?? row(item)));
  for (const each of rows.children) {
    const is = each.dataset.key === state.kind + state.chosen[state.kind];
    each.setAttribute("aria-selected", String(is));
    if (is) rows.setAttribute("aria-activedescendant", each.id);
  }
  $("older").hidden = items.length <= state.shown;
  $("request-count").textContent = state.counts.requests.toLocaleString("en");
  // The server counts no further.
  $("order-count").textContent = state.counts.orders.toLocaleString("en") + (state.counts.orders >= 100_000 ? "+" : "");
  drawNothing(items.length === 0);
}

function drawNothing(isEmpty) {
  $("nothing").hidden = !isEmpty;
  $("rows").hidden = isEmpty;
  if (!isEmpty) return;
  const isSearch = state.query !== "" && state[state.kind].length > 0;
  $("nothing-title").textContent = isSearch ? "Nothing matches" : `No ${state.kind} yet`;
  $("nothing-text").textContent = isSearch
    ? "A row must contain every word of the search."
    : "They appear here as they arrive. Set this for your application:";
  $("nothing-code").textContent = isSearch ? "" : `SPOT_BASE_URL=${location.origin}`;
  $("nothing-code").hidden = isSearch;
}

function row(item) {
  const key = state.kind + keyOf(item);
  const isOrder = state.kind === "orders";
  const [main, sub] = isOrder ? [nameOf(item), `${item.order_id} · ${kits(item)}`] : gist(item);
  const element = make(
    "div", { role: "option", class: "row", id: `row-${key}`, "data-key": key, "aria-selected": "false" },
    make("span", { class: `mark ${isOrder ? "placed" : kindOf(item)}` }, isOrder ? "order" : String(item.status ?? "none")),
    make("span", { class: "main" }, main),
    make("time", { datetime: isOrder ? item.created : item.time }, clock(isOrder ? item.created : item.time)),
    make("span", { class: "sub" }, sub),
  );
  element.addEventListener("click", () => choose(keyOf(item), true));
  drawn.set(item, element);
  return element;
}

/** What became of a request, in two short lines. */
function gist(entry) {
  const answer = parsed(entry.answer);
  const answered = capital(entry.outcome.split("; ")[1] ?? "");
  const scenario = entry.scenario ? ` · ${entry.scenario}` : "";
  if (entry.order_id) {
    const isPlain = kindOf(entry) === "placed" && answer.order_id === entry.order_id;
    return [`Order ${entry.order_id}`, isPlain ? `${nameOf(answer)} · ${kits(answer)}` : withoutStop(answered) + scenario];
  }
  const reason = typeof answer.error?.detail === "string" ? answer.error.detail : `${entry.method} ${entry.path} · ${answered}`;
  return [entry.outcome.split("; ")[0].split(":")[0], withoutStop(reason) + scenario];
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const withoutStop = (text) => text.replace(/\.$/, "");
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** What became of a request, as a class that colours it. */
function kindOf(entry) {
  if (entry.order_id) return entry.status === 201 && !entry.scenario ? "placed" : "surprise";
  if (entry.status === null || entry.status >= 500) return "failed";
  return entry.status >= 400 ? "refused" : "other";
}

function nameOf(order) {
  const person = order.recipient ?? {};
  return [person.first_name, person.last_name].filter((part) => typeof part === "string" && part).join(" ") || "(no name)";
}

function kits(order) {
  const names = Array.isArray(order.kit_types) ? order.kit_types.map(String) : [];
  return names.length > 2 ? `${names.length} kits` : names.join(", ") || "no kits";
}

const clock = (time) => new Date(time).toLocaleTimeString("en-GB");

function choose(key, byHand) {
  state.chosen[state.kind] = key;
  const item = state[state.kind].find((each) => keyOf(each) === key);
  if (!item) return;
  draw();
  $("detail").replaceChildren(...(state.kind === "orders" ? ofOrder(item) : ofRequest(item)));
  $("detail").scrollTop = 0;
  if (byHand) {
    document.body.classList.add("has-detail");
    if (isNarrow()) $("detail").focus();
  }
  if (!isNarrow()) $(`row-${state.kind}${key}`)?.scrollIntoView({ block: "nearest" });
}

const isNarrow = () => matchMedia("(max-width: 760px)").matches;

function back() {
  document.body.classList.remove("has-detail");
  $("rows").focus({ preventScroll: true });
}

function backButton() {
  const button = make("button", { type: "button", class: "back" }, "‹ Back");
  button.addEventListener("click", back);
  return button;
}

function ofRequest(entry) {
  const [placed, answered] = entry.outcome.split("; ");
  const query = entry.query ? `?${entry.query}` : "";
  return [
    backButton(),
    make("div", { class: `headline ${kindOf(entry)}` },
      make("h2", {}, placed, entry.order_id ? link("show the order", "orders", entry.order_id) : null),
      make("p", {}, capital(answered ?? ""))),
    facts([
      ["Request", `${entry.method} ${entry.path}${query}`],
      ["Number", `${entry.number}`],
      ["Ended", `${new Date(entry.time).toLocaleString("en-GB")} (${entry.time})`],
      ["Scenario", entry.scenario ?? "none"],
    ]),
    ...part("Sent", entry.headers, entry.body),
    ...part(entry.status === null ? "No response" : `Response ${entry.status}`, entry.answer_headers, entry.answer ?? ""),
  ];
}

function ofOrder(order) {
  const { haystack, ...shown } = order;
  const entry = state.requests.find((each) => each.order_id === order.order_id);
  const address = order.recipient?.address ?? {};
  const lines = [address.street1, address.street2, address.city, address.state, address.zip, address.country];
  return [
    backButton(),
    make("div", { class: "headline placed" },
      make("h2", {}, `Order ${order.order_id}`, entry ? link("show its request", "requests", String(entry.number)) : null),
      make("p", {}, `For ${nameOf(order)}, ${kits(order)}`)),
    facts([
      ["Created", `${new Date(order.created).toLocaleString("en-GB")} (${order.created})`],
      ["Address", lines.filter((line) => typeof line === "string" && line).join(", ") || "none"],
      ["E-mail", String(order.recipient?.email ?? "none")],
      ["Phone", String(order.recipient?.phone ?? "none")],
    ]),
    make("h3", {}, "As stored"),
    body(JSON.stringify(shown), "json"),
  ];
}

function link(words, kind, key) {
  const button = make("button", { type: "button", class: "link" }, words);
  button.addEventListener("click", () => {
    show(kind);
    choose(key, true);
  });
  return button;
}

function facts(pairs) {
  return make("dl", { class: "facts" }, ...pairs.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

function part(title, headers, text) {
  const media = (headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "").toLowerCase();
  const lines = headers.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)));
  return [
    make("h3", {}, title),
    lines.length ? make("dl", { class: "headers" }, ...lines) : null,
    text === "" ? make("p", { class: "none" }, "No body.") : body(text, media),
  ].filter((element) => element !== null);
}

// --- Scenarios and reset ---------------------------------------------------------------------------------------

let known = [];
async function loadScenarios() {
  const scenarios = await call("scenarios");
  known = scenarios.known;
  const select = $("scenario-name");
  if (select.options.length !== known.length) {
    select.replaceChildren(...known.map((each) => make("option", { value: each.name }, each.name)));
    if (known.some((each) => each.name === USUAL_SCENARIO)) select.value = USUAL_SCENARIO;
    summarize();
  }
  const lines = scenarios.armed.map((each) => {
    const left = each.times === null ? "for all requests" : each.times === 1 ? "for the next request" : `for ${each.times} more requests`;
    return make("p", {}, make("strong", {}, each.scenario), ` ${left}${each.met ? `, applied ${each.met} times so far` : ""}`);
  });
  $("armed").replaceChildren(...(lines.length ? [make("h3", {}, "Armed"), ...lines] : []));
  $("scenario-clear").hidden = lines.length === 0;
  $("armed-count").hidden = lines.length === 0;
  $("armed-count").textContent = String(lines.length);
}

function summarize() {
  const chosen = known.find((each) => each.name === $("scenario-name").value);
  if (!chosen) return;
  const truth = chosen.places_order ? "A valid order exists afterwards." : "No order exists afterwards.";
  $("scenario-summary").replaceChildren(chosen.summary, " ", make("strong", {}, truth));
}

/** Sends what a dialog asks for; closes it, or shows why not. */
async function submit(event, name, ask) {
  event.preventDefault();
  const error = $(`${name}-error`);
  error.hidden = true;
  try {
    await ask();
    if (name === "reset") $(name).close();
  } catch (failure) {
    error.textContent = failure instanceof TypeError ? "The server cannot be reached." : failure.message;
    error.hidden = false;
  }
}

async function arm() {
  const seconds = $("scenario-seconds").value;
  await send("scenarios", {
    scenario: $("scenario-name").value,
    times: Number($("scenario-times").value),
    ...(seconds === "" ? {} : { seconds: Number(seconds) }),
  });
  await loadScenarios();
}

async function forget() {
  await send("reset");
  state.chosen = { requests: null, orders: null };
  $("detail").replaceChildren(make("p", { class: "placeholder" }, "Select a request or an order to see its details."));
  back();
  await loadAll();
  await loadScenarios();
}

// --- Keys, tabs, search ----------------------------------------------------------------------------------------

function show(kind) {
  state.kind = kind;
  state.shown = SHOWN_AT_ONCE;
  for (const each of ["requests", "orders"]) {
    const tab = $(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === kind));
    tab.tabIndex = each === kind ? 0 : -1;
  }
  $("rows").setAttribute("aria-labelledby", `tab-${kind}`);
  $("rows").removeAttribute("aria-activedescendant");
  draw();
}

function move(step) {
  const items = found();
  if (!items.length) return;
  const at = items.findIndex((item) => keyOf(item) === state.chosen[state.kind]);
  const next = at < 0 ? 0 : Math.max(0, Math.min(items.length - 1, at + step));
  state.shown = Math.max(state.shown, next + 1);
  drawNow();
  choose(keyOf(items[next]), false);
}

function search(text) {
  state.query = text;
  state.shown = SHOWN_AT_ONCE;
  draw();
}

const KEYS = {
  "/": () => $("search").focus(),
  j: () => move(1),
  k: () => move(-1),
  o: () => show("orders"),
  q: () => show("requests"),
  s: () => $("open-scenario").click(),
  "?": () => $("open-keys").click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (isTyping && event.target.value) {
      event.target.value = "";
      search("");
    } else {
      back();
    }
  } else if (!isTyping && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

$("rows").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -MOST_KEPT, End: MOST_KEPT }[event.key];
  if (step) {
    event.preventDefault();
    move(step);
  } else if (event.key === "Enter" && state.chosen[state.kind]) {
    event.preventDefault();
    document.body.classList.add("has-detail");
    $("detail").focus();
  }
});

for (const kind of ["requests", "orders"]) $(`tab-${kind}`).addEventListener("click", () => show(kind));
document.querySelector(".tabs").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  show(state.kind === "orders" ? "requests" : "orders");
  $(`tab-${state.kind}`).focus();
});
$("older").addEventListener("click", () => { state.shown += SHOWN_AT_ONCE; draw(); });
$("search").addEventListener("input", (event) => search(event.target.value));
$("search").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "Enter") {
    event.preventDefault();
    $("rows").focus();
    move(0);
  }
});
$("open-scenario").addEventListener("click", () => { run(loadScenarios); $("scenario").showModal(); });
$("open-reset").addEventListener("click", () => $("reset").showModal());
$("open-keys").addEventListener("click", () => $("keys").showModal());
for (const button of document.querySelectorAll("dialog .close")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
$("scenario-name").addEventListener("change", summarize);
$("scenario-form").addEventListener("submit", (event) => submit(event, "scenario", arm));
$("scenario-clear").addEventListener("click", () => run(async () => {
  await call("scenarios", { method: "DELETE" });
  await loadScenarios();
}));
$("reset-form").addEventListener("submit", (event) => submit(event, "reset", forget));

live("connecting");
listen();
