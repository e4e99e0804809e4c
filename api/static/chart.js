// A table of days and numbers is drawn as a chart too: its first numbers as bars, others as lines. The table says the same, and is there without scripts.
"use strict";
(() => {
  const HEIGHT = 180;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function draw(place) {
    const rows = [...document.querySelectorAll(`#${CSS.escape(place.dataset.chart)} tbody tr`)];
    const days = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
    const columns = rows.length ? [...rows[0].cells].slice(1).map((_, at) => rows.map((row) => Number(row.cells[at + 1].textContent))) : [];
    if (!days.length || typeof uPlot === "undefined") return;
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--grid"), width: 1 }, font: "13px sans-serif" };
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", `${place.dataset.title}; the table below says the same.`);
    place.replaceChildren();
    const half = days.length > 1 ? (days[1] - days[0]) / 2 : 43200; // so that no bar is cut at the edge
    const bar = { stroke: color("--link"), fill: color("--link"), paths: uPlot.paths.bars({ size: [0.8, 40] }), points: { show: false } };
    const line = { stroke: color("--now"), width: 2, points: { show: false } };
    new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
        cursor: { drag: { x: false, y: false } },
        legend: { show: false },
        scales: { x: { range: (_, first, last) => [first - half, last + half] }, y: { range: (_, __, most) => [0, Math.max(1, most)] } },
        axes: [axis, { ...axis, size: 50, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000] }],
        series: [{}, ...columns.map((_, at) => (at ? line : bar))],
      },
      [days, ...columns],
      place,
    );
  }
  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  all();
  let waiting;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(all, 150);
  };
  addEventListener("resize", again);
  document.addEventListener("docket:shown", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
