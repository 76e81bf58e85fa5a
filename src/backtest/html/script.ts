/** What the page does when it is read: it shows the values under the pointer. It asks the network for nothing. */
export const SCRIPT = `
for (const figure of document.querySelectorAll("figure.chart")) {
  const source = figure.querySelector("script.series");
  if (!source) continue;
  const data = JSON.parse(source.textContent);
  const svg = figure.querySelector("svg");
  const tip = figure.querySelector(".tip");
  const cursor = figure.querySelector(".cursor");
  const write = (value) => value === null ? "–" : data.unit === "percent"
    ? (100 * value).toFixed(2) + " %"
    : value.toLocaleString("en-GB", { maximumFractionDigits: 2 });
  const nearest = (time) => {
    let low = 0, high = data.t.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (data.t[middle] < time) low = middle; else high = middle;
    }
    return time - data.t[low] < data.t[high] - time ? low : high;
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * data.width;
    const first = data.t[0], last = data.t[data.t.length - 1];
    const part = (x - data.left) / (data.right - data.left);
    if (part < 0 || part > 1) return;
    const i = nearest(first + part * (last - first));
    const at = data.left + ((data.t[i] - first) / (last - first || 1)) * (data.right - data.left);
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
    cursor.setAttribute("visibility", "visible");
    const when = new Date(data.t[i]).toISOString().replace("T", " ").slice(0, 16).replace(" 00:00", "");
    tip.textContent = [when, ...data.lines.map((line) => line.name + " " + write(line.v[i]))].join("   ");
    tip.hidden = false;
    const frame = figure.getBoundingClientRect();
    const left = box.left - frame.left + (at / data.width) * box.width;
    tip.style.left = Math.max(0, Math.min(frame.width - tip.offsetWidth, left + 12)) + "px";
  });
  svg.addEventListener("pointerleave", () => {
    tip.hidden = true;
    cursor.setAttribute("visibility", "hidden");
  });
}
`;
