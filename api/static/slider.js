// Beside a field for a day stands a slider over all days of the record: moving it shows how it was then, and changes the address.
"use strict";
(() => {
  const place = document.querySelector("[data-slides]");
  const shown = document.getElementById("shown");
  if (!place || !shown) return;
  const DAY_MS = 86400000;
  const PAUSE_MS = 200;
  const name = place.dataset.slides;
  const field = document.getElementById(name);
  const first = Date.parse(place.dataset.first);
  const dayAt = (index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10);
  const indexOf = (day) => Math.round((Date.parse(day) - first) / DAY_MS);

  const label = document.createElement("label");
  label.className = "usa-label";
  label.htmlFor = `${name}-slider`;
  label.textContent = `${place.dataset.label} from ${place.dataset.first} to ${place.dataset.last}`;
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", id: `${name}-slider`, className: "usa-range", min: 0, step: 1 });
  slider.max = Math.max(indexOf(place.dataset.last), indexOf(place.dataset.shown));
  slider.value = indexOf(place.dataset.shown);
  slider.setAttribute("aria-valuetext", place.dataset.shown);
  place.append(label, slider);

  let waiting;
  let asked = 0;
  async function show(day) {
    const to = new URL(location.href);
    to.searchParams.set(name, day);
    for (const other of ["as_of", "after"]) to.searchParams.delete(other);
    const mine = ++asked;
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(to, { credentials: "same-origin", cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("shown");
      if (mine !== asked) return; // a later day was asked for meanwhile
      if (!fresh) return location.assign(to);
      shown.replaceChildren(...fresh.childNodes);
      history.replaceState(null, "", to);
    } catch {
      location.assign(to);
    } finally {
      if (mine === asked) shown.removeAttribute("aria-busy");
    }
  }
  slider.addEventListener("input", () => {
    const day = dayAt(slider.valueAsNumber);
    field.value = day;
    field.defaultValue = day;
    slider.setAttribute("aria-valuetext", day);
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE_MS, day);
  });
})();
