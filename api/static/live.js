// Looks at the page again after each message of its stream, at most once a second. Without scripts the page is the same, but still.
"use strict";
(() => {
  const main = document.querySelector("main[data-listens]");
  const live = document.getElementById("live");
  if (!main || !live) return;
  const PAUSE_MS = 1000;
  let wanted = false;
  let working = false;

  const isChanged = (field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.value !== "")
      : field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  // what somebody is writing or has chosen is not taken away from them
  const isBusy = () =>
    [...main.querySelectorAll("input, select, textarea")].some(
      (field) => field === document.activeElement || isChanged(field),
    );

  function show(fresh) {
    const open = [...main.querySelectorAll("details")].map((each) => each.open);
    const focused = document.activeElement?.closest("main a[href]")?.getAttribute("href");
    main.replaceChildren(...fresh.childNodes);
    main.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? false));
    if (focused) main.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  async function again() {
    if (working || isBusy()) return;
    working = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (isBusy()) wanted = true;
      else show(fresh);
    } catch {
      wanted = true;
    }
    setTimeout(() => {
      working = false;
      if (wanted) again();
    }, PAUSE_MS);
  }

  const stream = new EventSource(main.dataset.listens);
  const changed = () => {
    wanted = true;
    again();
  };
  stream.onopen = () => {
    live.textContent = "Live";
    changed();
  };
  stream.onerror = () => {
    live.textContent = stream.readyState === EventSource.CLOSED ? "Not live: load the page again." : "Not live; trying again …";
  };
  const view = new URL(stream.url).searchParams.get("view");
  for (const kind of [view, "reset"]) stream.addEventListener(kind, changed);
  main.addEventListener("focusout", () => wanted && again());
})();
