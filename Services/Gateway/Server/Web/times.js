// Writes instants as the reader counts them, and keeps relative ones true.
const language = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
const absolute = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

function relativeText(instant) {
  const seconds = (instant - Date.now()) / 1000;
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(0, "second");
}

export function showTimes() {
  for (const time of document.querySelectorAll("time[data-absolute]")) {
    time.textContent = absolute.format(new Date(time.dateTime));
  }
  for (const time of document.querySelectorAll("time[data-relative]")) time.title = absolute.format(new Date(time.dateTime));
  const refresh = () => {
    for (const time of document.querySelectorAll("time[data-relative]")) {
      time.textContent = relativeText(new Date(time.dateTime));
    }
  };
  refresh();
  setInterval(refresh, 30_000);
}
