"""The pages a person sees while signing in to the simulated tenant."""

from collections.abc import Iterable
from html import escape

from aiohttp import web

from playground.entra.state import User

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6470; --line: #d8dee6;
  --paper: #fff; --ground: #eef1f5; --accent: #0b5cad; --warn: #8a4b00; --warn-ground: #fff4e0 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #9aa5b1; --line: #343b45;
  --paper: #1d2229; --ground: #12151a; --accent: #6cb0f5; --warn: #ffce85; --warn-ground: #3a2c12 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, sans-serif }
main { width: min(27rem, 100%); background: var(--paper); border: 1px solid var(--line);
  border-radius: 14px; padding: 1.75rem; box-shadow: 0 12px 32px rgb(0 0 0 / 10%) }
h1 { margin: 0 0 .25rem; font-size: 1.35rem }
p { margin: .25rem 0 1rem; color: var(--soft) }
.note { display: inline-block; margin: 0 0 1rem; padding: .15rem .6rem; border-radius: 99px;
  background: var(--warn-ground); color: var(--warn); font-size: .8rem }
form { display: grid; gap: .5rem; margin: 0 }
button { display: flex; align-items: center; gap: .8rem; width: 100%; padding: .6rem .75rem;
  font: inherit; text-align: left; color: inherit; background: none; cursor: pointer;
  border: 1px solid var(--line); border-radius: 10px }
button:hover { border-color: var(--accent) }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.face { flex: none; width: 2.4rem; height: 2.4rem; border-radius: 50%; display: grid;
  place-items: center; background: var(--accent); color: var(--paper); font-weight: 600 }
.who { display: grid; min-width: 0 } small { color: var(--soft); overflow-wrap: anywhere }
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def picker_page(people: Iterable[User], action: str) -> web.Response:
    """One button per account; pressing it posts `person` to `action`."""
    buttons = "".join(_button(user) for user in people)
    return _page(
        "Simulated Microsoft sign-in",
        "<p>Pick an account. Nobody asks for a password here.</p>"
        f'<form method="post" action="{escape(action)}">{buttons}</form>',
    )


def trouble_page(says: str, status: int) -> web.Response:
    """What the endpoint shows when it will not send the person back to the application."""
    return _page("Sorry, we cannot sign you in", f"<p>{escape(says)}</p>", status)


def form_post_page(redirect_uri: str, fields: dict[str, str]) -> web.Response:
    """The self-submitting form of response_mode=form_post."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    page = _page(
        "Signing you in",
        f'<form method="post" action="{escape(redirect_uri)}">{hidden}'
        "<button>Continue</button></form><script>document.forms[0].submit()</script>",
    )
    page.headers["Content-Security-Policy"] += "; script-src 'unsafe-inline'"
    return page


def _button(user: User) -> str:
    initials = "".join(word[0] for word in user.name.replace("(", "").split()[:2])
    state = "" if user.enabled else " · disabled"
    return (
        f'<button name="person" value="{escape(user.id)}">'
        f'<span class="face" aria-hidden="true">{escape(initials)}</span>'
        f'<span class="who"><strong>{escape(user.name)}</strong>'
        f"<small>{escape(user.upn)}{state}</small></span></button>"
    )


def _page(title: str, body: str, status: int = 200) -> web.Response:
    return web.Response(
        text=f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style><main>"
        f'<span class="note">Simulator</span><h1>{escape(title)}</h1>{body}</main></html>',
        content_type="text/html",
        status=status,
        headers=HEADERS,
    )
