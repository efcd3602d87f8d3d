"""The tables of a report and the figures of a paper in one document, which pdflatex compiles."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from page_fixture import SAMPLE, SCALELAW
from pictures import poppler

DOCUMENT = r"""
\documentclass[letterpaper]{article}
\usepackage[margin=0.7in]{geometry}
\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage{booktabs}
\usepackage{graphicx}
\begin{document}
\input{tables}
\begin{figure}
  \centering
  \includegraphics{figures/dot_product-strong-speedup-3.3in.pdf}
  \caption{A column.}
\end{figure}
\begin{figure}
  \centering
  \includegraphics{figures/dot_product-strong-phases-7in.pdf}
  \caption{A page.}
\end{figure}
\end{document}
"""
#: The styles that the document needs, with the Debian packages that have them.
STYLES = {"booktabs.sty": "texlive-latex-recommended", "lmodern.sty": "lmodern", "graphicx.sty": "texlive-latex-base"}


def missing():
    """What is not installed of LaTeX; empty: nothing."""
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        return "there is no pdflatex: scripts/setup --with latex"
    lacking = [package for style, package in STYLES.items()
               if subprocess.run(["kpsewhich", style], capture_output=True).returncode]
    return f"LaTeX lacks {', '.join(lacking)}: scripts/setup --with latex" if lacking else ""


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
@unittest.skipIf(missing(), missing())
class LatexTest(unittest.TestCase):
    def test_a_document_with_tables_and_figures_compiles(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            tables = subprocess.run([SCALELAW, "report", SAMPLE, "--format", "latex"], capture_output=True, text=True)
            self.assertEqual(tables.returncode, 0, tables.stderr)
            (folder / "tables.tex").write_text(tables.stdout, encoding="utf-8")
            (folder / "paper.tex").write_text(DOCUMENT, encoding="utf-8")
            drawn = subprocess.run([SCALELAW, "plot", SAMPLE, "-o", folder / "figures", "--paper"], capture_output=True,
                                   text=True)
            self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
            for _ in range(2):
                compiled = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
                                          cwd=folder, capture_output=True, text=True, errors="replace")
                self.assertEqual(compiled.returncode, 0, compiled.stdout[-3000:])
            said = compiled.stdout
            self.assertNotRegex(said, r"LaTeX Warning: (?:Label|Reference|File)|Missing character|undefined")
            wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([0-9.]+)pt too wide\) in paragraph", said)]
            self.assertEqual([points for points in wide if points > 20], [], "text runs far into the margin")
            self.look_into(folder / "paper.pdf", tables.stdout)

    def look_into(self, paper, tables):
        pictures = SCALELAW.parents[1] / "pictures"
        pictures.mkdir(exist_ok=True)
        shutil.copy(paper, pictures / "paper-with-tables.pdf")
        text = poppler("pdftotext", paper)
        self.assertIn("workers (ranks × threads)", text)
        self.assertEqual(len(set(re.findall(r"Table \d+:", text))), tables.count(r"\begin{table}"))
        for font in poppler("pdffonts", paper).splitlines()[2:]:
            self.assertRegex(font, r"\s+yes\s+(?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+$", "a font is not embedded")
            self.assertNotIn("Type 3", font)  # bitmaps


if __name__ == "__main__":
    unittest.main()
