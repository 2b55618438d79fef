// Says that newer figures have come; the page works without it.
//
//   <div class="tartan-live" data-live="/v1/events?after=…" data-live-events="standings.updated signature.raised" hidden>
//     <div class="govuk-width-container">
//       <span role="status" data-live-status></span> <a class="govuk-link" href="…" data-live-show hidden>Show them</a>
//       <button type="button" class="govuk-button govuk-button--secondary" data-live-pause>Pause updates</button>
//
// It never moves the focus, never changes a figure on its own and speaks at most once in ten seconds.

const QUIET = 10_000;
const GATHER = 500; // what comes together is said together

for (const bar of document.querySelectorAll("[data-live]")) {
  const status = bar.querySelector("[data-live-status]");
  const show = bar.querySelector("[data-live-show]");
  const pause = bar.querySelector("[data-live-pause]");
  let count = 0;
  let spoken = -QUIET;
  let timer = null;
  let paused = false;

  const say = () => {
    timer = null;
    if (paused || count === 0) return;
    spoken = performance.now();
    status.textContent = count === 1 ? "1 update since this page was made." : `${count} updates since this page was made.`;
    if (show) show.hidden = false;
  };

  const heard = () => {
    count += 1;
    if (timer === null) timer = setTimeout(say, Math.max(GATHER, spoken + QUIET - performance.now()));
  };

  bar.hidden = false;
  status.textContent = "This page says so when new figures arrive.";
  const source = new EventSource(bar.dataset.live);
  for (const name of (bar.dataset.liveEvents || "message").split(/\s+/)) source.addEventListener(name, heard);
  addEventListener("pagehide", () => source.close());
  if (pause) {
    const words = pause.textContent;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.textContent = paused ? "Resume updates" : words;
      if (paused) status.textContent = "Updates are paused.";
      else if (count > 0) say();
      else status.textContent = "This page says so when new figures arrive.";
    });
  }
}
