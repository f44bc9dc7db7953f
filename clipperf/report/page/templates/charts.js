"use strict";
// Draws the charts from the JSON of the page. Nothing is ever fetched.
(() => {
  const LIGHT = { paper: "#ffffff", ink: "#1b1f24", faint: "#57606a", rule: "#d8dee4", band: "rgba(0,114,178,0.10)", bad: "#b3261e",
    curves: ["#0072b2", "#c44e00", "#00795a", "#9b3f85", "#8a6d00", "#4b4b4b", "#d4418e", "#7a1f1f"] };
  const DARK = { paper: "#14171c", ink: "#e6e9ee", faint: "#a3adb8", rule: "#333b45", band: "rgba(86,180,233,0.16)", bad: "#ff9a92",
    curves: ["#56b4e9", "#ff9e4a", "#3ddbb0", "#c8a2ff", "#f0e442", "#cfcfcf", "#ff7eb6", "#ff8a80"] };
  const SYMBOLS = ["circle", "square", "diamond", "triangle-down", "cross", "x", "triangle-left", "triangle-right"];
  const DASHES = { now: "solid", before: "dot", published: "longdashdot" };
  const MOST_WORST = 6;
  const PRINT_WIDTH = 680;

  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  let isPrinting = false;
  const theme = () => (scheme.matches && !isPrinting ? DARK : LIGHT);

  // Plotly takes some markup in names; whatever a model is called, it is text here.
  const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  function wrapped(text, width) {
    const lines = [""];
    for (const word of String(text).split(" ").flatMap((long) => long.match(new RegExp(`.{1,${width}}`, "gu")) || [])) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length + 1 > width) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines.map(plain).join("<br>");
  }

  const figureText = (value) => (value === null || value === undefined ? "–" : Number(value).toPrecision(4).replace(/\.?0+$/, (zeros) => (zeros.includes(".") ? "" : zeros)));

  function layoutOf(look, xaxis, yaxis, legendLines, place) {
    const axis = { gridcolor: look.rule, zerolinecolor: look.rule, linecolor: look.faint, tickcolor: look.faint };
    const lineHeight = 19;
    const height = 330 + legendLines * lineHeight;
    return {
      width: isPrinting ? PRINT_WIDTH : place.clientWidth || undefined,
      height,
      // Margins are set and not found: looking for them, plotly gives up on narrow screens.
      margin: { l: 66, r: 12, t: 14, b: 58 + legendLines * lineHeight, autoexpand: false },
      paper_bgcolor: look.paper, plot_bgcolor: look.paper,
      font: { color: look.ink, size: 12, family: 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif' },
      hoverlabel: { bgcolor: look.paper, bordercolor: look.faint, font: { color: look.ink }, align: "left", namelength: -1 },
      hovermode: "closest",
      showlegend: legendLines > 0,
      legend: { orientation: "v", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom", itemwidth: 30, tracegroupgap: 0 },
      xaxis: { ...axis, ...xaxis },
      yaxis: { ...axis, ...yaxis },
    };
  }

  const CONFIG = { displaylogo: false, responsive: false, scrollZoom: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"] };

  const drawn = new Map();

  function draw(place, make) {
    drawn.set(place, make);
    const { traces, layout } = make(place);
    return Plotly.react(place, traces, layout, CONFIG);
  }

  const redraw = () => Promise.all([...drawn].map(([place, make]) => place.isConnected && draw(place, make)));

  const legendWidth = (place) => Math.max(24, Math.floor(((isPrinting ? PRINT_WIDTH : place.clientWidth) - 70) / 7));

  function traceOf(trace, look, width) {
    const isReference = trace.role === "published";
    const colour = isReference ? look.faint : look.curves[trace.style % look.curves.length];
    const symbol = isReference ? "star" : SYMBOLS[trace.style % SYMBOLS.length] + (trace.role === "now" ? "" : "-open");
    const shown = {
      type: "scatter", mode: "lines+markers", name: wrapped(trace.name, width), x: trace.x, y: trace.y,
      text: trace.text.map(plain), customdata: trace.x.map(() => wrapped(trace.name, 60)),
      hovertemplate: "<b>%{text}</b><br>at %{x}<br>%{customdata}<extra></extra>",
      line: { color: colour, dash: DASHES[trace.role], width: trace.role === "now" ? 2.2 : 1.5 },
      marker: { color: colour, symbol, size: isReference ? 9 : 8 },
      // A click in the legend takes a curve and what it was before.
      legendgroup: isReference ? `published ${trace.style}` : `curve ${trace.style}`, showlegend: trace.role !== "before",
      opacity: trace.role === "before" ? 0.75 : 1,
    };
    if (trace.low && trace.low.some((each) => each !== null)) {
      shown.error_y = {
        type: "data", symmetric: false, thickness: 1.2, width: 3, color: colour,
        array: trace.y.map((y, at) => (trace.high[at] === null ? 0 : Math.max(0, trace.high[at] - y))),
        arrayminus: trace.y.map((y, at) => (trace.low[at] === null ? 0 : Math.max(0, y - trace.low[at]))),
      };
    }
    return shown;
  }

  const chartOf = (chart) => (place) => {
    const look = theme();
    const width = legendWidth(place);
    const traces = chart.traces.map((trace) => traceOf(trace, look, width));
    const legendLines = traces.reduce((sum, trace) => sum + (trace.showlegend ? trace.name.split("<br>").length : 0), 0);
    const values = [...new Set(chart.traces.flatMap((trace) => trace.x))].sort((a, b) => a - b);
    const xaxis = { title: { text: wrapped(chart.x_label, width) } };
    if (chart.is_doubling) Object.assign(xaxis, { type: "log", tickvals: values, ticktext: values.map(String) });
    return { traces, layout: layoutOf(look, xaxis, { title: { text: plain(chart.y_label) }, rangemode: "tozero" }, legendLines, place) };
  };

  // --- trends

  const trendOf = (trend, nights) => (place) => {
    const look = theme();
    const colour = look.curves[0];
    const dates = trend.nights.map((night) => nights[night]);
    const isOff = trend.nights.map((night) => trend.since !== undefined && night >= trend.since);
    const traces = [{
      type: "scatter", mode: "lines+markers", name: plain(trend.heading), x: dates, y: trend.values,
      text: trend.values.map(figureText), hovertemplate: `<b>%{text} ${plain(trend.unit)}</b><br>night of %{x|%Y-%m-%d}<extra></extra>`,
      line: { color: colour, width: 1 },
      marker: { color: isOff.map((off) => (off ? look.bad : colour)), symbol: isOff.map((off) => (off ? "diamond" : "circle")), size: isOff.map((off) => (off ? 9 : 5)), opacity: 1, line: { width: 0 } },
    }];
    if (trend.steps) {
      traces.push({
        type: "scatter", mode: "lines", name: "level", x: trend.steps.flatMap((step) => [nights[step.first], nights[step.last], null]),
        y: trend.steps.flatMap((step) => [step.value, step.value, null]), hoverinfo: "skip", line: { color: look.ink, width: 2.5 },
      });
    }
    const top = Math.max(...trend.values, trend.high || 0);
    if (trend.remarks) {
      traces.push({
        type: "scatter", mode: "markers", name: "note", x: trend.remarks.map(([night]) => nights[night]), y: trend.remarks.map(() => top),
        text: trend.remarks.map(([, text]) => wrapped(text, 50)), hovertemplate: "%{text}<extra></extra>", marker: { color: look.ink, symbol: "triangle-down", size: 11 },
      });
    }
    const rule = (night, dash, color) => ({ type: "line", xref: "x", yref: "paper", x0: nights[night], x1: nights[night], y0: 0, y1: 1, line: { color, dash, width: 1.5 } });
    const word = (night, text) => ({ x: nights[night], xref: "x", y: 1, yref: "paper", yanchor: "bottom", xanchor: "right", showarrow: false, text, font: { size: 11, color: look.ink } });
    const shapes = (trend.breaks || []).map((night) => rule(night, "dash", look.faint));
    const annotations = (trend.breaks || []).map((night) => word(night, "begun anew"));
    if (trend.low !== undefined && trend.steps) {
      shapes.push({ type: "rect", xref: "x", yref: "y", layer: "below", x0: nights[trend.steps[0].first], x1: nights[nights.length - 1], y0: trend.low, y1: trend.high, fillcolor: look.band, line: { width: 0 } });
    }
    for (const night of trend.known || []) {
      shapes.push(rule(night, "dot", look.faint));
      annotations.push(word(night, "known"));
    }
    if (trend.since !== undefined) {
      shapes.push(rule(trend.since, "solid", look.bad));
      annotations.push(word(trend.since, `since ${nights[trend.since]}`));
    }
    const layout = layoutOf(look, { type: "date", hoverformat: "%Y-%m-%d" }, { title: { text: plain(`${trend.heading.replace(/ ms$/, "")}, ${trend.unit}`) } }, 0, place);
    return { traces, layout: { ...layout, shapes, annotations, margin: { ...layout.margin, t: 30, b: 44 } } };
  };

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function showTrend(figure, trend, nights) {
    const old = figure.querySelector(".chart");
    if (old) {
      drawn.delete(old);
      Plotly.purge(old);
    }
    const title = `${figure.id}-title`;
    const caption = element("figcaption", "", { id: title });
    caption.append(element("span", trend.verdict, { class: "state", "data-state": trend.verdict }), ` ${trend.subject} · ${trend.heading}`);
    if (trend.sentence) caption.append(element("p", trend.sentence));
    for (const [night, text] of trend.remarks || []) caption.append(element("p", `Note of ${nights[night]}: ${text}`));
    const place = element("div", "", { class: "chart", role: "img", "aria-labelledby": title });
    figure.replaceChildren(caption, place);
    draw(place, trendOf(trend, nights));
  }

  function setUpTrends(trends, nights) {
    const worst = trends.filter((trend) => !trend.is_control).filter((trend) => trend.verdict === "regression" || trend.verdict === "suspected").slice(0, MOST_WORST);
    // All stand before the first is drawn, since their number makes their width.
    const figures = worst.map((trend) => element("figure", "", { id: `trend-${trend.key}`, tabindex: "-1" }));
    document.getElementById("worst").append(...figures);
    figures.forEach((figure, at) => showTrend(figure, worst[at], nights));
    const seriesOf = (key) => key.slice(0, key.indexOf("-"));
    const bySeries = new Map(trends.map((trend) => [seriesOf(trend.key), []]));
    for (const trend of trends) bySeries.get(seriesOf(trend.key)).push(trend);
    const series = document.getElementById("trend-series");
    const metric = document.getElementById("trend-metric");
    const figure = document.getElementById("trend-any");
    for (const [key, own] of bySeries) series.append(element("option", own[0].subject, { value: key }));
    const fillMetrics = (wanted) => {
      metric.replaceChildren(...bySeries.get(series.value).map((trend) => element("option", trend.heading, { value: trend.key })));
      if (wanted) metric.value = wanted;
    };
    const show = () => showTrend(figure, trends.find((trend) => trend.key === metric.value), nights);
    series.addEventListener("change", () => { fillMetrics(); show(); });
    metric.addEventListener("change", show);
    const follow = () => {
      const key = decodeURIComponent(location.hash).replace(/^#trend-/, "");
      const wanted = trends.find((trend) => trend.key === key);
      if (!location.hash.startsWith("#trend-") || !wanted) return;
      let shown = document.getElementById(`trend-${key}`);
      if (!shown) {
        series.value = seriesOf(key);
        fillMetrics(key);
        show();
        shown = figure;
      }
      shown.scrollIntoView();
      shown.setAttribute("tabindex", "-1");
      shown.focus({ preventScroll: true });
    };
    fillMetrics();
    show();
    window.addEventListener("hashchange", follow);
    follow();
  }

  async function unpack(packed) {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const script = document.createElement("script");
    script.textContent = text;
    document.head.append(script);
  }

  async function setUpCharts() {
    const packed = document.getElementById("plotly");
    if (!packed) return;
    if (!("DecompressionStream" in window)) {
      document.getElementById("no-charts").hidden = false;
      return;
    }
    await unpack(packed.textContent);
    const { charts, trends, nights } = JSON.parse(document.getElementById("payload").textContent);
    for (const place of document.querySelectorAll("[data-chart]")) draw(place, chartOf(charts[Number(place.dataset.chart)]));
    if (trends.length) setUpTrends(trends, nights);
    scheme.addEventListener("change", redraw);
    let width = window.innerWidth;
    window.addEventListener("resize", () => {
      if (window.innerWidth === width) return;
      width = window.innerWidth;
      redraw();
    });
    window.addEventListener("beforeprint", () => { isPrinting = true; redraw(); });
    window.addEventListener("afterprint", () => { isPrinting = false; redraw(); });
    document.documentElement.dataset.charts = "drawn";
  }

  setUpCharts();
})();
