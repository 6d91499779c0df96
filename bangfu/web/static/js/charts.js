/* Draws every element with data-chart: {"kind": "bar" | "line", "labels": [...], "series": [{"name", "data", "words"}]}. The table beside it says the same in words. */
"use strict";

const COLOURS = ["#14574f", "#b9742c", "#3f6fa3", "#8c5a86"];

function draw(element) {
  const given = JSON.parse(element.dataset.chart);
  const longest = Math.max(...given.series.flatMap((s) => (s.words ?? s.data.map(String)).map((word) => word.length)), 1);
  const fits = () => given.series.length === 1 && (element.clientWidth - 60) / given.labels.length > longest * 6.5; // each over its own bar
  const chart = echarts.init(element, null, { renderer: "canvas" });
  chart.setOption({
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 350,
    color: COLOURS,
    aria: { enabled: true, label: { description: element.getAttribute("aria-label") ?? "" } },
    grid: { left: 8, right: 12, top: 24, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: given.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: "#b9c5c0" } }, axisLabel: { color: "#4d5d5d", hideOverlap: true } },
    yAxis: { type: "value", splitLine: { lineStyle: { color: "#ebf0ed" } }, axisLabel: { color: "#64726f", formatter: (v) => (Math.abs(v) >= 1e4 && element.dataset.wan ? `${v / 1e4}${element.dataset.wan}` : v.toLocaleString()) }, splitNumber: 4 },
    series: given.series.map((s) => ({
      name: s.name,
      type: given.kind,
      data: s.data,
      barMaxWidth: 34,
      connectNulls: false,
      symbolSize: 6,
      itemStyle: { borderRadius: given.kind === "bar" ? [3, 3, 0, 0] : 0 },
      label: { show: fits(), position: "top", color: "#1d2a2a", fontSize: 11, formatter: (p) => (s.words ? s.words[p.dataIndex] : p.value) },
    })),
  });
  new ResizeObserver(() => {
    chart.resize();
    chart.setOption({ series: given.series.map(() => ({ label: { show: fits() } })) });
  }).observe(element);
  window.addEventListener("beforeprint", () => chart.resize({ width: 620 }));
  window.addEventListener("afterprint", () => chart.resize());
}

document.querySelectorAll("[data-chart]").forEach(draw);
