"""The browser before this room's pages, for the tests of the second step too."""

from tests.identity.test_pages import browser

__all__ = ["browser"]
