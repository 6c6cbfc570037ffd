// The bar, line and pie of the comparison, drawn by Chart.js on a napi canvas at 1280 × 800 pixels.
import { readFileSync } from "node:fs";
import { createCanvas } from "@napi-rs/canvas";
import { Chart, registerables } from "chart.js";

Chart.register(...registerables);

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const title = (text) => ({ animation: false, responsive: false, devicePixelRatio: 2, plugins: { title: { display: true, text } } });
const kinds = {
  bar: () => ({
    type: "bar",
    data: {
      labels: ["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026"],
      datasets: [{ label: "Revenue", data: [48200, 52900, 61350, 58100, 66400, 71850] }],
    },
    options: title("Revenue by quarter"),
  }),
  line: () => ({
    type: "line",
    data: {
      labels: months,
      datasets: [
        { label: "Berlin", data: [0.9, 1.9, 5.2, 10.0, 14.7, 18.2, 20.1, 19.7, 15.5, 10.4, 5.5, 2.1] },
        { label: "Lisbon", data: [11.6, 12.7, 14.9, 15.9, 18.0, 21.2, 23.1, 23.5, 22.1, 18.8, 15.0, 12.4] },
        { label: "Reykjavík", data: [0.7, 0.7, 1.2, 3.8, 7.0, 9.9, 11.7, 11.1, 8.5, 5.1, 2.2, 0.9] },
      ],
    },
    options: title("Average temperature by month"),
  }),
  pie: () => ({
    type: "pie",
    data: {
      labels: ["Salaries", "Rent", "Software", "Travel", "Marketing", "Other"],
      datasets: [{ data: [48300, 14200, 9800, 6100, 5400, 3900] }],
    },
    options: title("Where the budget goes"),
  }),
};

function draw(config) {
  const canvas = createCanvas(640, 400);
  canvas.style = {};
  const chart = new Chart(canvas, config);
  const png = canvas.toBuffer("image/png");
  chart.destroy();
  if (canvas.width !== 1280 || canvas.height !== 800) throw new Error(`${canvas.width} × ${canvas.height}`);
  return png.length;
}

const version = JSON.parse(readFileSync("node_modules/chart.js/package.json", "utf8")).version;
for (const [name, config] of Object.entries(kinds)) {
  for (let i = 0; i < 10; i++) draw(config());
  const times = [];
  let size = 0;
  for (let i = 0; i < 30; i++) {
    const start = process.cpuUsage();
    size = draw(config());
    const used = process.cpuUsage(start);
    times.push((used.user + used.system) / 1e3);
  }
  times.sort((a, b) => a - b);
  console.log(`Chart.js ${version} ${name}: ${times[15].toFixed(1)} ms CPU, ${(size / 1e3).toFixed(1)} kB`);
}
