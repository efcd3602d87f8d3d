"""The pictures at the width of a page; test_pictures.py has those of a column, and everything else."""

import unittest

from pictures import WithPictures
from scalelaw_results.figures import PAPER_WIDE


class WidePicturesTest(WithPictures):
    def test_on_a_page_everything_is_inside_and_text_is_of_7_to_8_points(self):
        self.check_on_paper(PAPER_WIDE, 7)


if __name__ == "__main__":
    unittest.main()
