// Tabs by the keyboard pattern of https://www.w3.org/WAI/ARIA/apg/patterns/tabs/

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Make a tablist work; `shown(panelId)` is called for the panel chosen. Answers how to choose one. */
export function tabs(list, shown) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of all) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    shown(tab.getAttribute("aria-controls"));
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = all.indexOf(document.activeElement);
    const to = { Home: 0, End: all.length - 1 }[event.key] ?? at + (STEPS[event.key] ?? 0);
    if (at < 0 || to === at) return;
    event.preventDefault();
    const tab = all[(to + all.length) % all.length];
    tab.focus();
    choose(tab);
  });
  choose(all.find((one) => one.getAttribute("aria-selected") === "true") ?? all[0]);
  return (panelId) => choose(all.find((one) => one.getAttribute("aria-controls") === panelId));
}
