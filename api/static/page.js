"use strict";

const COOKIE = "docket-development-principal";
const VIEWS = { cases: "case_status", clocks: "clocks" };
const select = document.getElementById("principal");
const live = document.getElementById("live");
const at = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: "America/New_York" });
let streams = [];

function cell(row, text) {
  row.insertCell().textContent = text ?? "–";
}

function when(instant) {
  return instant ? `${at.format(new Date(instant))} New York` : "–";
}

function rows(table, items, key, fill) {
  const body = document.querySelector(`#${table} tbody`);
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row.textContent]));
  body.replaceChildren();
  for (const item of items) {
    const row = body.insertRow();
    row.dataset.key = key(item);
    fill(row, item);
    if (before.size && before.get(row.dataset.key) !== row.textContent) row.classList.add("moved");
  }
  if (!items.length) {
    const none = body.insertRow().insertCell();
    none.colSpan = document.querySelectorAll(`#${table} th`).length;
    none.textContent = "Nothing here that you may see.";
  }
}

async function ask(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.title ?? answer.statusText} (${answer.status})`);
  return body;
}

async function all(path) {
  const items = [];
  for (let after = 0; after !== null; ) {
    const page = await ask(`${path}?limit=200&after=${after}`);
    items.push(...page.items);
    after = page.next;
  }
  return items;
}

async function cases() {
  const items = await all("/v1/cases");
  rows("cases", items.reverse(), (item) => item.case_id, (row, item) => {
    const access = item.now.access;
    const force = item.now.determinations.find((each) => each.in_force);
    cell(row, `${item.model ?? ""} ${item.model_version ?? ""} · ${item.variant}`);
    cell(row, item.developer_name);
    cell(row, item.now.closed ? "closed" : item.now.phase);
    cell(row, access ? (access.open ? `open until ${when(access.ends_at)}` : `ended: ${access.ends_because}`) : "none");
    cell(row, force ? force.result : "none recorded");
    cell(row, `${item.position}${item.withheld ? ` · ${item.withheld} parts withheld` : ""}`);
  });
}

async function clocks() {
  const { items } = await ask("/v1/clocks?limit=50");
  rows("clocks", items, (item) => `${item.stream} ${item.what} ${item.about}`, (row, item) => {
    cell(row, `${when(item.ends_at)} (${item.state})`);
    cell(row, item.what);
    cell(row, item.stream);
    cell(row, item.waiting_for.join(", "));
  });
}

function told(message) {
  const list = document.getElementById("events");
  const { event } = JSON.parse(message.data);
  const item = document.createElement("li");
  item.value = Number(message.lastEventId);
  item.textContent = `${message.type} · ${event.actorname ?? ""} · ${event.subject ?? ""} · ${event.time ?? ""}`;
  list.prepend(item);
  while (list.childElementCount > 100) list.lastElementChild.remove();
}

function state(name, text) {
  live.dataset.state = name;
  live.textContent = text;
}

/* Many changes in a row are read once. */
function soon(read) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    setTimeout(() => {
      asked = false;
      read().catch((error) => state("stale", error.message));
    }, 150);
  };
}

function follow(path, types, each) {
  const stream = new EventSource(path);
  for (const type of types) stream.addEventListener(type, each);
  stream.onopen = () => state("live", "Live");
  stream.onerror = () => state("stale", "Not live; live again as soon as Docket answers.");
  streams.push(stream);
  return stream;
}

async function look() {
  streams.forEach((stream) => stream.close());
  streams = [];
  document.getElementById("events").replaceChildren();
  document.cookie = `${COOKIE}=${encodeURIComponent(select.value)}; path=/; samesite=strict`;
  try {
    const { events } = await ask("/schemas");
    await Promise.all([cases(), clocks()]);
    const { position } = await ask("/v1/audit/events?limit=1");
    follow(`/v1/stream?after=${Math.max(0, position - 30)}`, events, told);
    follow(`/v1/stream?view=${VIEWS.cases}`, [VIEWS.cases, "reset"], soon(cases));
    follow(`/v1/stream?view=${VIEWS.clocks}`, [VIEWS.clocks, "reset"], soon(clocks));
  } catch (error) {
    state("stale", error.message);
  }
}

select.addEventListener("change", look);
look();
