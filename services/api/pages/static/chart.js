// The numbers of a comparison, as its table has them, into a chart to zoom into and to read off day by day.
"use strict";

for (const zoom of document.querySelectorAll("details[data-zoom]")) {
  zoom.hidden = false;
  zoom.addEventListener("toggle", () => draw(zoom), { once: true });
}

function draw(zoom) {
  const rows = [...document.getElementById(zoom.dataset.zoom).querySelectorAll("tr[data-day]")];
  const days = rows.map((row) => Date.parse(`${row.dataset.day}T12:00:00Z`) / 1000);
  const names = ["own", "expected", "peers"];
  const box = zoom.querySelector("[data-plot]");
  const style = getComputedStyle(box);
  const colours = ["--for", "--ink", "--against"].map((name) => style.getPropertyValue(name).trim());
  const axis = { stroke: style.getPropertyValue("--soft"), grid: { stroke: style.getPropertyValue("--line"), width: 1 } };
  const lines = names.map((name, place) => ({
    label: box.dataset[name],
    stroke: colours[place],
    width: 2,
    dash: name === "peers" ? [6, 3] : undefined,
    points: { show: true },
  }));
  const plot = new uPlot(
    {
      width: box.clientWidth,
      height: 280,
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
      axes: [{ ...axis, values: (_, at) => at.map(day) }, axis],
      series: [{ label: box.dataset.label, value: (_, at) => (at === null ? "–" : day(at)) }, ...lines],
    },
    [days, ...names.map((name) => rows.map((row) => Number(row.dataset[name])))],
    box,
  );
  addEventListener("resize", () => plot.setSize({ width: box.clientWidth, height: 280 }));
}

function day(at) {
  return new Date(at * 1000).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC", day: "numeric", month: "short" });
}
