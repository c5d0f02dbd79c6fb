"""How soon what is typed is on its way to the server, by the clock of the page itself."""

from playwright.sync_api import Page

AT_MOST = 3000  # ms from the first key until a draft is sent

WATCH = "() => addEventListener('input', () => { window.firstKey ??= performance.now() }, true)"
WAITED = """() => performance.getEntriesByType("resource")
  .find((sent) => sent.name.includes("draft") && sent.initiatorType === "fetch")
  .startTime - window.firstKey"""


def watch_keys(page: Page) -> None:
    """Remember when the first key is typed from now on."""
    page.evaluate(WATCH)


def waited(page: Page) -> float:
    """Milliseconds from that key until the first draft was sent; how long it took there is the
    server's."""
    found: float = page.evaluate(WAITED)
    return found
