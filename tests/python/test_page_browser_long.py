"""Pages in a browser: every width and colour, on paper, two files over each other, and a history."""

import unittest

import page_fixture
from browser import DESK, PHONE, WithBrowser
from page_fixture import page_of
from scalelaw_results.page.history import history_page


class PagesTest(WithBrowser):
    @classmethod
    def make_pages(cls):
        first, second = cls.folder / "hostile.h5", cls.folder / "slower.h5"
        page_fixture.write_hostile(first)
        page_fixture.write_slower(second)
        nightly = cls.folder / "nightly"
        nightly.mkdir()
        page_fixture.write_history(nightly)
        cls.page = cls.write("page.html", page_of(first))
        cls.pages = {
            "page-full": cls.page, "comparison": cls.write("comparison.html", page_of(first, second)),
            "history": cls.write("history.html", history_page([nightly], [], "5%")),
            "sample": cls.write("sample.html", page_of(page_fixture.SAMPLE)),
        }

    def test_at_every_width_in_light_and_dark(self):
        for name, page in self.pages.items():
            for width in (PHONE, DESK):
                for look in ("light", "dark"):
                    with self.subTest(page=name, width=width, look=look):
                        self.look_at(name, width, look, page)

    def test_on_paper(self):
        for name, page in self.pages.items():
            with self.subTest(page=name):
                self.look_at_on_paper(name, page)


if __name__ == "__main__":
    unittest.main()
