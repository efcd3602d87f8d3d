"""The documentation site: what is gathered, and what is refused."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import docs_site  # noqa: E402

PROGRAM = Path(os.environ["SCALELAW_BIN"]) / "scalelaw"


class Gathered(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.source = Path(folder.name) / "source"
        (self.source / "docs/site").mkdir(parents=True)
        (self.source / "docs/site/contents.toml").write_text(
            '[[part]]\ncaption = "All"\npages = ["docs/a", "command-line"]\n')
        (self.source / "docs/site/conf.py").write_text((ROOT / "docs/site/conf.py").read_text())
        self.write("README.md", "# Top\n\n[a](docs/a.md#one), [web](https://example.org/b.md)\n")
        self.write("docs/a.md", "# A\n\n## One\n\n![picture](p.png) `[no](link.md)`\n\n    [no](link.md)\n")
        self.write("docs/p.png", "picture")
        self.write("docs/alone.md", "# Nobody leads here\n")

    def write(self, name, text):
        (self.source / name).write_text(text)

    def test_what_readme_leads_to(self):
        self.assertEqual([str(file) for file in docs_site.reached(self.source)],
                         ["README.md", "docs/a.md", "docs/p.png"])

    def test_the_commands_are_those_of_the_program(self):
        page = docs_site.command_page(PROGRAM)
        for command in ("run", "check-driver", "man"):
            self.assertIn(f"\n## scalelaw {command}\n", page)
        self.assertIn("--resume", page)
        self.assertIn("Exit status", page)

    @unittest.skipUnless(importlib.util.find_spec("sphinx") or os.environ.get("CI"), "scripts/setup --with docs")
    def test_broken_links_and_pages_outside_of_the_contents_are_refused(self):
        self.write("docs/a.md", "# A\n\n[file](gone.md) [place](../README.md#gone) [b](b.md)\n")
        self.write("docs/b.md", "# B\n")
        staged, site = self.source.parent / "staged", self.source.parent / "site"
        docs_site.stage(self.source, staged, PROGRAM)
        built = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html",
                                "-c", self.source / "docs/site", staged, site], capture_output=True, text=True)
        self.assertNotEqual(built.returncode, 0)
        for fault in ("'gone.md'", "'gone'", "b.md: WARNING: document isn't included in any toctree"):
            self.assertIn(fault, built.stderr)
        self.assertNotIn("link.md", built.stderr)


class Offline(unittest.TestCase):
    def loads(self, text, name="page.html"):
        return docs_site.remote_loads(Path(name), text)

    def test_what_a_page_loads_from_the_network_is_found(self):
        self.assertEqual(self.loads('<script src="https://example.org/a.js"></script><img src="//b.org/c.png">'),
                         ["https://example.org/a.js", "//b.org/c.png"])
        self.assertEqual(self.loads('<link rel="stylesheet" href="https://example.org/f.css"/>'),
                         ["https://example.org/f.css"])
        self.assertEqual(self.loads("@import 'https://a.org/x.css'; a{src:url(\"https://b.org/f.woff2\")}", "a.css"),
                         ["https://a.org/x.css", "https://b.org/f.woff2"])

    def test_links_that_a_reader_follows_and_own_files_are_not(self):
        self.assertEqual(self.loads('<a href="https://example.org">x</a><script src="_static/a.js"></script>'), [])
        self.assertEqual(self.loads("a{src:url(f.woff2)} b{background:url(data:image/png;base64,AA)}", "a.css"), [])

    def test_a_folder_without_a_site_is_refused(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(SystemExit):
            docs_site.offline(Path(folder))


if __name__ == "__main__":
    unittest.main()
