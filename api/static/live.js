// Looks at the page again after each message of its stream, at most once a second. Without scripts the page is the same, but still.
"use strict";
(() => {
  // whoever has sent a form sees that it is being worked on, and sends it once
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented || button.hasAttribute("formaction")) return; // a download leaves the page as it is
    button.setAttribute("aria-disabled", "true");
    button.textContent = "Working …";
    event.target.setAttribute("aria-busy", "true");
    event.target.addEventListener("submit", (more) => more.preventDefault());
  });
  // a page that is come back to is as it was left, and its forms can be sent
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  const main = document.querySelector("main[data-listens]");
  const live = document.getElementById("live");
  if (!main || !live) return;
  const PAUSE_MS = 1000;
  const LONGEST_S = 30;
  let wanted = false;
  let working = false;

  const isChanged = (field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.value !== "")
      : field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  // what somebody is writing, has chosen, presses or has sent is not taken away from them
  const isBusy = () =>
    main.querySelector(":active, [aria-busy]") !== null ||
    [...main.querySelectorAll("input, select, textarea")].some(
      (field) => field === document.activeElement || isChanged(field),
    );

  function show(page) {
    const fresh = page.querySelector("main");
    const [sheet, marked] = [document, page].map((each) => each.getElementById("sheet").getAttribute("href"));
    if (marked && marked !== sheet) document.getElementById("sheet").setAttribute("href", marked);
    const open = [...main.querySelectorAll("details")].map((each) => each.open);
    const focused = document.activeElement?.closest("main a[href]")?.getAttribute("href");
    main.replaceChildren(...fresh.childNodes);
    main.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? each.open));
    if (focused) main.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("docket:shown"));
  }

  async function again() {
    if (working || isBusy()) return;
    working = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
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
  const changed = () => {
    wanted = true;
    again();
  };

  let last = null;
  let tries = 0;
  function listen() {
    const address = new URL(main.dataset.listens, location.href);
    if (last !== null) address.searchParams.set("after", last); // what came meanwhile comes now, once
    const stream = new EventSource(address);
    const heard = (message) => {
      if (message.lastEventId) last = message.lastEventId;
      changed();
    };
    stream.onopen = () => {
      live.textContent = "Live";
      live.removeAttribute("data-stale");
      tries = 0;
      changed();
    };
    stream.onerror = () => {
      stream.close();
      wait(Math.min(LONGEST_S, 2 ** tries++));
    };
    for (const kind of [address.searchParams.get("view"), "reset"]) stream.addEventListener(kind, heard);
  }
  function wait(seconds) {
    live.dataset.stale = "";
    live.textContent = seconds > 0 ? `Not live; live again in ${seconds} s` : "Not live; trying again …";
    if (seconds > 0) setTimeout(wait, 1000, seconds - 1);
    else listen();
  }
  listen();
  main.addEventListener("focusout", () => wanted && again());
  addEventListener("pointerup", () => setTimeout(() => wanted && again())); // once the click has done what it does
})();
