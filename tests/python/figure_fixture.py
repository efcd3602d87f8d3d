"""The figures of the synthetic campaign, and what their specifications draw."""

import altair as alt
import synthetic
from altair.utils import schemapi
from scalelaw_results.figures import Data, Selection, catalog
from synthetic import derived_anew

STRONG = Selection("dot_product", None, "strong")


def units(spec):
    """The layers of a specification that have a mark, with their data and all that is above them."""
    if "mark" in spec:
        yield spec
    for layer in spec.get("layer", ()):
        yield from units(layer)


def rows_of(figure, unit):
    data = unit["data"]
    return data["values"] if "values" in data else figure.spec["datasets"][data["name"]]


def validate(figure):
    """Fails unless the specification is valid Vega-Lite.  Its rows are left out: they take long to check."""
    spec = {key: value for key, value in figure.spec.items() if key != "datasets"}
    alt.LayerChart.validate(spec | {"width": 300})


def drawn(figure, kind, **encoded):
    """The rows of the layers of a kind whose encoding names these fields."""
    return [row for unit in units(figure.spec) if unit["mark"]["type"] == kind
            and all(unit["encoding"].get(channel, {}).get("field") == field for channel, field in encoded.items())
            for row in rows_of(figure, unit)]


def legend_texts(spec):
    found = []
    for unit in units(spec):
        for channel in unit["encoding"].values():
            scale = channel.get("scale", {}) if isinstance(channel, dict) and channel.get("legend") else {}
            if isinstance(scale.get("domain"), list):
                found += [text for text in scale["domain"] if text not in found]
    return found


class WithFigures(synthetic.WithCampaign):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As catalog() does.  test_specifications_are_valid_vega_lite() checks the whole.
        cls.enterClassContext(schemapi.debug_mode(False))
        cls.data = Data([cls.campaign])
        cls.catalog = {figure.name: figure for figure in catalog(cls.data)}

    def changed(self, change):
        """The data of the campaign after `change` of it."""
        campaign = synthetic.campaign(self.path)
        change(campaign)
        return Data([derived_anew(campaign)])

    def with_points(self, **columns):
        """The data with other columns of all points."""
        data = Data([self.campaign])
        data.points = data.points.assign(**columns)
        return self.with_answers(data)

    def with_answers(self, data):
        """The data with the program's answers about the campaign, which need not be asked for again."""
        data.outlook, data.waterfalls, data.crossovers = self.data.outlook, self.data.waterfalls, self.data.crossovers
        return data
