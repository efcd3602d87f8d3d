"""Pages of HTML: of one or several results files (`scalelaw report FILE... --html OUT.html`), and of a history
(`scalelaw history FILE|FOLDER... --html OUT.html`).

source.py    what the program says of a file: its report, its predictions, its comparison with another
forecast.py  predictions at many worker counts, for the sliders and for the curves beyond the data
tables.py    what a table is, and how numbers are shown in one
sections.py  the tables of a kernel; appendix.py: those of the campaign
charts.py    the figures: their specifications and rows for the browser, and still pictures for where scripts are off
write.py     all that a page of results says; history.py: the same of a history
render.py    what a page says, put into template/

The program makes every number, and ../figures every figure.  Nothing is imported here, so that __main__.py refuses bad
arguments before it loads the packages for figures, which takes half a second.
"""
