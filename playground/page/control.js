// The control interface as this page uses it: plain JSON calls, and the stream of what changed.

const ROOT = new URL("/control/", location.href);
const POLL_MS = 1500;
const RECONNECT_MS = 3000;

/** The world did not answer, or answered that the call was malformed. */
export class ControlError extends Error {}

/** The answer to GET `path`, as text, so that an unchanged answer is cheap to recognise. */
export async function look(path, query = {}) {
  const url = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return answered(await reach(url, {}));
}

/** The answer to POST `path` with a JSON body. */
export async function act(path, body) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  return JSON.parse(await answered(await reach(new URL(path, ROOT), request)));
}

async function reach(url, request) {
  try {
    return await fetch(url, { cache: "no-store", ...request });
  } catch {
    throw new ControlError("The playground does not answer. Is it still running?");
  }
}

async function answered(response) {
  const text = await response.text();
  if (!response.ok)
    throw new ControlError(`The playground refused the call: ${text.slice(0, 300)}`);
  return text;
}

/**
 * Call `changed()` whenever something happened in the world: told by the event stream and, while
 * there is none, every second or two. `back()` is called when the stream is there again.
 */
export function follow(changed, back) {
  let timer = null;
  let lost = false;
  const poll = (on) => {
    if (on && timer === null) timer = setInterval(changed, POLL_MS);
    if (!on && timer !== null) timer = clearInterval(timer) ?? null;
  };
  const connect = () => {
    const stream = new EventSource(new URL("events", ROOT));
    stream.onopen = () => {
      poll(false);
      if (lost) back();
      lost = false;
    };
    stream.addEventListener("changed", changed);
    stream.onerror = () => {
      poll(true);
      lost = true;
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
    };
  };
  connect();
}
