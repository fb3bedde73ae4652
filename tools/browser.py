"""A real browser without a network, for tests and pictures: the system's Chromium."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WITHOUT_CHROMIUM = "Chromium is not installed (in Debian: apt-get install chromium)"
DESKTOP = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Complaints:
    """What a page complained of: errors in the console, uncaught exceptions, requests that failed or left the disk."""

    texts: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on(
            "console", lambda message: message.type == "error" and self.texts.append(message.text)
        )
        page.on("pageerror", lambda error: self.texts.append(str(error)))
        page.on("requestfailed", lambda request: self.texts.append(f"failed: {request.url}"))


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Without its own sandbox, which root may not use: it opens nothing but the book's files.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def offline(browser: Browser, size: dict[str, int], **options: object) -> BrowserContext:
    """A window that loads files of this machine only; any other request fails."""
    context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
    context.route(
        lambda url: not url.startswith(("file:", "data:", "blob:")), lambda route: route.abort()
    )
    return context
