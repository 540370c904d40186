// The five steps that show what the bot is for; each is ticked off by what really happened.

import { byId, el, reconcile } from "./dom.js";

const GRANT = /assignmentScheduleRequests$/i;

/** Draw the steps; `go` has type(text) and be(who). */
export function showTour(world, journal, go) {
  const list = byId("tour");
  const draw = () => {
    const all = steps(world, journal, go).map((step, n) => ({ ...step, n }));
    const next = all.find((step) => !step.done);
    reconcile(
      list,
      all,
      (step) => step.n,
      (step) => `${step.done} ${step === next}`,
      (step) => drawn(step, step === next),
    );
  };
  journal.addEventListener("change", draw);
  world.watch("people who calls audit messages", draw);
}

function steps(world, journal, go) {
  const recorded = new Set(world.audit.map((row) => row.what));
  const asked = (action) =>
    world.calls.some(
      (one) =>
        one.system === "graph" &&
        one.method === "POST" &&
        GRANT.test(one.path) &&
        one.body?.action === action,
    );
  const said = ["admin", "admin@teams"].flatMap((place) => journal.of(place));
  const saw = said.some((one) => one.kind === "said" && one.text.includes("recent"));
  const first = "/aws-access activate dev-poweruser 1h INC-42 checking the slow index";
  return [
    {
      done: recorded.has("asked") || recorded.has("linked"),
      text: "As Erin, ask for access",
      act: () => go.type("engineer", first),
    },
    { done: asked("selfActivate"), text: "Sign in: it activates as her" },
    { done: recorded.has("aws_seen"), text: "Skip 10 min: AWS has it" },
    {
      done: asked("selfDeactivate"),
      text: "Give it back early",
      act: () => go.type("engineer", "/aws-access deactivate dev-poweruser"),
    },
    {
      done: saw,
      text: "As Ada, read what happened",
      act: () => go.type("admin", "/aws-access recent"),
    },
  ];
}

function drawn(step, next) {
  const words = step.act
    ? el("button", { type: "button", class: "step", onclick: step.act }, step.text)
    : el("span", { class: "step" }, step.text);
  const state = step.done ? "is-done" : next ? "is-next" : "";
  return el("li", { class: state }, words, step.done && el("span", { class: "unseen" }, " (done)"));
}
