// What the dashboard does beyond links and forms: keys, the theme, and saying when it lost touch.
(() => {
  "use strict";
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const one = (what, within = document) => within.querySelector(what);

  // The theme: that of the system until somebody chooses; the server reads the cookie.
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const nameTheme = () => {
    const word = one("[data-theme-word]");
    if (word) word.textContent = isDark() ? "Light" : "Dark";
  };
  const turnTheme = () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    nameTheme();
    document.dispatchEvent(new Event("leadline:theme"));
  };

  // Rows: j and k move, o opens, x selects.
  let at = -1;
  const rows = () => all("[data-row]");
  const goTo = (next) => {
    const found = rows();
    if (!found.length) return;
    found[at]?.classList.remove("at");
    at = Math.max(0, Math.min(next, found.length - 1));
    found[at].classList.add("at");
    const link = one("a", found[at]);
    (link ?? found[at]).focus({ preventScroll: true });
    found[at].scrollIntoView({ block: "nearest" });
  };
  const select = () => {
    const box = rows()[at] && one("input[type=checkbox]", rows()[at]);
    if (box) box.click();
  };

  const showKeys = () => one("#keys")?.showModal();
  const search = () => {
    const field = one("input[type=search]");
    if (field) { field.focus(); field.select(); } else { location.assign("/leads#q"); }
  };
  const plain = {
    "/": search,
    "?": showKeys,
    j: () => goTo(at + 1),
    k: () => goTo(at < 0 ? 0 : at - 1),
    o: () => { const link = rows()[at] && one("a", rows()[at]); if (link) link.click(); },
    x: select,
    r: () => location.reload(),
  };
  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const where = event.target;
    if (where.closest?.("input:not([type=checkbox]), select, textarea, dialog[open]")) return;
    if (isGoing) {
      isGoing = false;
      const link = one(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "g") { isGoing = true; return; }
    const act = plain[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  const acts = { theme: turnTheme, keys: showKeys, refresh: () => location.reload() };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    if (button && acts[button.dataset.act]) acts[button.dataset.act]();
  });

  // Selections: how many rows are chosen, and all of them at once.
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("input[type=checkbox]")) return;
    const form = box.form;
    if (!form) return;
    if (box.matches("[data-all]")) {
      all("input[type=checkbox][name]", form).forEach((each) => { each.checked = box.checked; });
    }
    const chosen = all("input[type=checkbox][name]:checked", form).length;
    all("[data-chosen]", form).forEach((each) => { each.textContent = String(chosen); });
  });
  let lastBox = null; // with Shift, all rows between two are chosen
  document.addEventListener("click", (event) => {
    const box = event.target, rowBoxes = "tbody input[type=checkbox][name]";
    if (!box.matches?.(rowBoxes) || !box.form) return;
    if (event.shiftKey && lastBox?.form === box.form) {
      const boxes = all(rowBoxes, box.form);
      const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    lastBox = box;
  });
  // A filter that is chosen counts at once; without this script the button does it.
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.form?.matches("[data-at-once]") && !field.matches("input[type=search], [data-wait]")) {
      field.form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get") { // an address without empty filters
      all("input, select", form).forEach((field) => { if (!field.value) field.disabled = true; });
      const usual = all("[data-usual]", form); // all as usual: nothing to say
      if (usual.every((box) => box.checked === (box.dataset.usual === "1"))) {
        usual.forEach((box) => { box.disabled = true; });
      }
    } else if (!event.submitter?.hasAttribute("data-stays")) { // a download leaves the page as it is
      all("button", form).forEach((button) => setTimeout(() => { button.disabled = true; }));
    }
  });
  addEventListener("pageshow", () => all("form :disabled").forEach((field) => {
    if (!field.hasAttribute("data-off")) field.disabled = false;
  }));

  // Answers that are errors are not swapped in; they are said, and polling goes on.
  const trouble = (words) => {
    const banner = one("#trouble");
    if (!banner) return;
    banner.hidden = !words;
    one("p", banner).textContent = words ?? "";
  };
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx?.response?.status;
    trouble(status === 401 ? "Your login has ended: load the page again and log in."
      : `What is shown may be old: the dashboard answered ${status}. It is asked again.`);
  });
  document.addEventListener("htmx:error", () => {
    trouble("What is shown may be old: the dashboard can't be reached. It is asked again.");
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx?.response?.status < 400) trouble(null);
  });

  // Live or paused: no look away, no pointer over it, no choice of the reader.
  const look = () => all("[data-live]").forEach((part) => part.dispatchEvent(new Event("leadline:look")));
  let isPaused = false, over = null;
  const sayLive = () => {
    const button = one("[data-act=pause]");
    if (!button) return;
    button.setAttribute("aria-pressed", String(isPaused));
    one("[data-live-word]", button).textContent = isPaused ? "Paused" : "Live";
  };
  acts.pause = () => {
    isPaused = !isPaused;
    sayLive();
    if (!isPaused) look();
  };
  document.addEventListener("pointerover", (event) => { over = event.target.closest?.("[data-still]"); });
  document.addEventListener("pointerleave", () => { over = null; });
  document.addEventListener("htmx:before:request", (event) => {
    const from = event.target.closest?.("[data-live]");
    if (!from) return;
    const isLookedAt = document.visibilityState === "visible" && document.hasFocus();
    if (isPaused || !isLookedAt || over === from || from.contains(document.activeElement)) {
      event.preventDefault();
    }
  });
  addEventListener("focus", () => { if (!isPaused) look(); });

  // A stream says that something changed, and never what; without it parts ask every half minute.
  let stream = null, lookAt = 0;
  const lookSoon = () => { // at most once a second, however much comes in
    lookAt ||= setTimeout(() => { lookAt = 0; look(); }, 1000);
  };
  const watch = () => {
    const isWanted = document.visibilityState === "visible" && one("[data-live]");
    if (!isWanted) { stream?.close(); stream = null; return; } // a tab that is hidden needs none
    if (stream) return;
    stream = new EventSource("/live/events");
    stream.addEventListener("changed", lookSoon); // the first at once: what came since the page was made
  };
  document.addEventListener("visibilitychange", watch);
  // Browsers give up a stream that was answered with an error, such as a proxy's while the dashboard
  // starts again: it is asked for anew once an answer is right.
  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx?.response?.status >= 400 || stream?.readyState !== EventSource.CLOSED) return;
    stream = null;
    watch();
  });

  // The chart of LIVE: stacked bars, in the colours of the style sheet; a drag lists its leads.
  let chart = null, shown = null, drawn = "", form = "";
  const colours = () => {
    const probes = [1, 2, 3, 4, 5, 6].map((number) => {
      const probe = document.createElement("i");
      probe.className = `bar-${number}`;
      return probe;
    });
    document.body.append(...probes);
    const found = probes.map((probe) => getComputedStyle(probe).backgroundColor);
    probes.forEach((probe) => probe.remove());
    return found;
  };
  const stacked = (data) => {
    const sums = new Array(data.starts.length).fill(0);
    const series = data.sources.map((source) => source.counts.map((count, i) => (sums[i] += count)));
    return [data.starts, ...series.reverse()]; // the highest first, so that lower ones show
  };
  const list = (plot) => {
    if (plot.select.width < 4) return;
    const ends = [plot.select.left, plot.select.left + plot.select.width];
    const [from, to] = ends.map((x) => new Date(plot.posToVal(x, "x") * 1000).toISOString().slice(0, 19) + "Z");
    location.assign(`/leads?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`);
  };
  const legendOf = (data) => {
    const legend = document.createElement("ul");
    legend.className = "legend";
    data.sources.forEach((source, i) => {
      const item = document.createElement("li"), mark = document.createElement("i");
      mark.className = `bar-${i + 1}`;
      item.append(mark, source.name);
      legend.append(item);
    });
    return legend;
  };
  const build = (place, data) => {
    const fills = colours(), ink = getComputedStyle(one("#chart-help")).color;
    const bars = uPlot.paths.bars({ size: [0.9, 60], align: 1 });
    const series = data.sources.map((source, i) => ({
      label: source.name, fill: fills[i], stroke: fills[i], width: 0, paths: bars, points: { show: false },
    })).reverse();
    const isDays = data.starts.at(-1) - data.starts[0] > 2 * 86400;
    const format = new Intl.DateTimeFormat("en-GB", isDays
      ? { timeZone: data.zone, weekday: "short", day: "numeric" }
      : { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
    const values = (plot, splits) => splits.map((seconds) => format.format(new Date(seconds * 1000)));
    const axis = { stroke: ink, grid: { stroke: ink, width: 0.15 }, ticks: { show: false } };
    chart?.destroy();
    place.replaceChildren();
    chart = new uPlot({
      width: place.clientWidth, height: 220, legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone),
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
      scales: {
        x: { range: () => [shown.starts[0], shown.starts.at(-1) + shown.step] },
        y: { range: (plot, low, high) => [0, Math.max(4, high * 1.1)] },
      },
      axes: [{ ...axis, values, size: 30 }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }],
      series: [{}, ...series],
      hooks: { setSelect: [list] },
    }, stacked(data), place);
    place.append(legendOf(data));
  };
  const draw = (isForced) => {
    const place = one("#chart"), kept = one("#chart-data");
    if (!place || !kept || !window.uPlot) return;
    if (!isForced && (drawn === kept.dataset.chart || over?.contains(place))) return;
    drawn = kept.dataset.chart;
    const data = shown = JSON.parse(drawn), before = form;
    form = JSON.stringify([data.zone, data.step, data.starts.length, data.sources.map((source) => source.name)]);
    if (chart && !isForced && form === before) { chart.setData(stacked(data)); return; }
    place.hidden = one("#chart-help").hidden = false;
    build(place, data);
  };
  let drawAt = 0; // in a task of its own, after the frame that shows what was swapped in
  const drawSoon = () => { drawAt ||= setTimeout(() => { drawAt = 0; draw(false); }, 50); };
  addEventListener("resize", () => { if (chart) chart.setSize({ width: one("#chart").clientWidth, height: 220 }); });
  document.addEventListener("leadline:theme", () => draw(true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target.closest?.("[data-live]")?.contains(one("#chart-data"))) drawSoon();
  });

  // A file is read here and put into the field that is sent: forms carry text alone.
  const readFiles = () => all("[data-file-into]").forEach((field) => {
    field.hidden = false;
    one("input", field).addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (file) document.getElementById(field.dataset.fileInto).value = await file.text();
    });
  });

  const begin = () => {
    readFiles();
    draw(true);
    watch();
    all("[data-act][hidden]").forEach((button) => { button.hidden = false; });
    nameTheme();
    sayLive();
    if (location.hash === "#q") search();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
