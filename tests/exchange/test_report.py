"""The report of a run: one page that needs nothing beside it, and what it says is what is so."""

import base64
import re
import struct
import zlib
from dataclasses import replace as with_
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.words import accuracy_text, loss_text
from playground.exchange.document import Document
from playground.exchange.exporting.registry import Subject, exporters
from playground.exchange.exporting.report.charts import pictures_of
from playground.exchange.exporting.report.contents import contents_of
from playground.exchange.exporting.report.png import png
from playground.exchange.exporting.report.settings import groups_of, layer_rows, network_line
from playground.exchange.presets import presets
from playground.exchange.trained import capture
from playground.training.stopping import Stop
from playground.training.trainer import Trainer

HOSTILE = '<script>alert("1")</script> & | ](x) **bold** `code`'


def small(**training):
    return Experiment(
        data={"source": "gauss", "samples": 60},
        network={"hidden": [{"units": 4}, {"units": 3}]},
        training={"max_epochs": 12, **training},
    )


def trained(experiment, epochs=12):
    trainer = Trainer(experiment)
    trainer.epoch_limit = epochs
    trainer.run()
    return trainer, capture(trainer)


class Words(HTMLParser):
    """Gathers the text and the tags of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words, self.links = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_data(self, data):
        self.words.append(data)


def html_of(document, replica=0):
    return exporters["html"].make(Subject(document, replica)).text


def test_a_page_needs_nothing_beside_it_and_runs_nothing():
    _, document = trained(small())
    page = html_of(document)
    read = Words(page)
    assert page.startswith("<!DOCTYPE html>")
    assert "script" not in read.tags
    assert "link" not in read.tags
    assert read.links, "the output is painted"
    assert all(link.startswith("data:image/png;base64,") for link in read.links)
    assert "url(" not in page
    assert read.tags.count("svg") == 4


def test_the_figures_are_those_of_the_run():
    trainer, document = trained(small())
    said = dict(contents_of(Subject(document)).figures)
    assert said["Epoch"] == "12"
    assert said["Optimizer steps"] == f"{trainer.step:,}"
    assert said["Test loss"] == loss_text(float(trainer.scores.test_loss[0]))
    assert said["Train accuracy"] == accuracy_text(float(trainer.scores.train_accuracy[0]))
    page = html_of(document)
    assert all(value in page for value in said.values())
    assert trainer.stop.message in page


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_what_users_have_named_is_text(name):
    experiment = replace(small(), ("name",), HOSTILE)
    experiment = replace(experiment, ("data", "features"), ("x1", "=max(x1,x2)*sign(x1-x2)^2"))
    text = exporters[name].make(Subject(Document(experiment))).text
    assert "<script" not in text.replace(r"\<script", "")
    if name == "markdown":
        assert "](x)" not in text.replace(r"\](x)", "")
    else:
        assert Words(text).words.count(HOSTILE) == 2, "in the title and at the top"
        assert "script" not in Words(text).tags


def test_an_untrained_experiment_has_a_report():
    document = Document(small())
    contents = contents_of(Subject(document))
    assert not contents.trained
    assert [picture.name for picture in pictures_of(contents, "light")] == ["gradients", "output"]
    assert "Not trained yet" in html_of(document)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_each_preset_has_a_report(preset):
    document = preset.document()
    experiment = document.experiment
    page = html_of(document)
    assert network_line(experiment) in Words(page).words
    for group in groups_of(experiment):
        assert all(value and "object at" not in value for _, value in group.rows)
    rows = layer_rows(experiment)
    assert rows[-1][0] == "output"
    assert rows[-2][0].endswith(str(len(experiment.network.hidden)))


def test_many_equal_layers_are_counted():
    hidden = [{"units": 8}] * 12 + [{"units": 3, "batch_norm": "after", "dropout": 0.2}]
    experiment = replace(small(), ("network",), {"hidden": hidden})
    line = "2-12×8-3-1, ReLU, BatchNorm after activation in 1 of 13 layers, dropout 0.2 in 1 of 13"
    assert network_line(experiment) == f"{line} layers"
    assert [row[0] for row in layer_rows(experiment)] == ["1–12", "13", "output"]


def test_what_has_no_effect_is_not_among_the_settings():
    rows = {label for group in groups_of(small()) for label, _ in group.rows}
    assert "Noise" in rows
    assert not {"Problem", "Label noise", "Schedule", "Clipping", "Test shift"} & rows
    own = replace(small(), ("training", "regularizer"), {"name": "l2"})
    assert "Regularisation" in {label for group in groups_of(own) for label, _ in group.rows}


def test_several_replicas_show_how_far_they_differ():
    trainer, document = trained(small(replicas=3))
    contents = contents_of(Subject(document, 2))
    assert dict(contents.figures)["Test loss"] == loss_text(float(trainer.scores.test_loss[2]))
    label, middle, low, high = contents.spread[1]
    losses = np.sort(trainer.scores.test_loss)
    assert label == "Test loss"
    assert [low, middle, high] == [loss_text(float(loss)) for loss in losses]
    page = html_of(document, 2)
    assert "replica 3 of 3 (seed 2)" in page
    assert "median of 3 replicas" in page


LIMIT = Stop("max_epochs", 12, "Reached the limit of 12 epochs.")
PLATEAU = Stop("test_loss_plateau", 8, "The test loss has not fallen for 5 epochs.", 3)


@pytest.mark.parametrize(
    ("stops", "replica", "words"),
    [
        (
            (LIMIT, PLATEAU, PLATEAU), 0,
            "All 3 replicas have ended: 2 by test loss plateau, 1 by the limit of epochs. Replica "
            "1: Reached the limit of 12 epochs.",
        ),
        (
            (None, PLATEAU, None), 0,
            "1 of 3 replicas has ended: 1 by test loss plateau. Replica 1: The run had not ended: "
            "it can go on from epoch 12.",
        ),
        ((None, None, None), 1, "The run had not ended: it can go on from epoch 12."),
        ((PLATEAU,), 0, PLATEAU.message),
    ],
)  # fmt: skip
def test_of_several_replicas_the_ends_of_all_are_said(stops, replica, words):
    _, document = trained(small(replicas=len(stops)))
    document = with_(document, trained=with_(document.trained, stops=stops, stop=None))
    subject = Subject(document, replica)
    for name in ("html", "markdown"):
        assert words in exporters[name].make(subject).text.replace("\\", "")


def test_the_doctor_speaks_as_in_the_window():
    hidden = [{"units": 6, "activation": "sigmoid", "initializer": "xavier_normal"}] * 8
    experiment = replace(small(), ("network",), {"hidden": hidden})
    _, document = trained(experiment, 3)
    verdicts = contents_of(Subject(document)).verdicts
    found = next(v for v in verdicts if v.finding.rule == "vanishing_gradient")
    page = html_of(document)
    assert found.finding.sentence in page
    assert found.why in page
    assert found.remedies[0] in page


def test_values_have_residuals_in_place_of_a_confusion_matrix():
    experiment = replace(small(), ("data", "source"), "plane")
    _, document = trained(experiment, 3)
    contents = contents_of(Subject(document))
    assert contents.residuals[0][1] == f"{contents.errors.train.rmse:.3g}"
    page = html_of(document)
    assert "How far off" in page
    assert "taken for what" not in page


def test_a_report_is_the_same_each_time_and_leaves_the_document_as_it_is():
    _, document = trained(small())
    before = document.trained.parameters.copy()
    assert html_of(document) == html_of(document)
    assert (document.trained.parameters == before).all()


def test_weights_that_diverged_have_a_report():
    experiment = replace(small(), ("training", "optimizer"), {"name": "sgd", "learning_rate": 10})
    experiment = replace(experiment, ("data", "source"), "plane")
    experiment = replace(experiment, ("network", "hidden", 0, "activation"), {"name": "linear"})
    trainer, document = trained(experiment)
    assert trainer.stop.name == "diverged"
    page = html_of(document)
    assert trainer.stop.message in page
    assert "nan" not in Words(page).words


def test_markdown_links_to_charts_that_lie_beside_it(tmp_path):
    _, document = trained(small())
    export = exporters["markdown"].make(Subject(document))
    files = export.files_at(tmp_path / "my run.md")
    main, *charts = files
    linked = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", files[main].decode())
    assert linked == [
        f"my%20run-{name}.svg" for name in ("loss", "accuracy", "gradients", "output")
    ]
    assert [chart.name.replace(" ", "%20") for chart in charts] == linked
    for chart in charts:
        root = ET.fromstring(files[chart])
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in files[chart].decode()
        used = set(re.findall(r'class="([^"]*)"', files[chart].decode()))
        classes = {name for group in used for name in group.split()} - {"none", "chart", "light"}
        style = root.find("{http://www.w3.org/2000/svg}style").text
        assert all(f".{name} " in style for name in classes), "nothing is drawn without a colour"


def test_a_picture_holds_its_pixels():
    pixels = np.array([[0xFF112233, 0xFF445566], [0xFF778899, 0xFFAABBCC]], np.uint32)
    made = png(pixels)
    assert struct.unpack(">II", made[16:24]) == (2, 2)
    start = made.index(b"IDAT") + 4
    rows = zlib.decompress(made[start:-16])
    assert rows == bytes.fromhex("0011223344556600778899aabbcc")


def test_the_field_is_painted_in_both_themes_with_the_first_row_at_the_top():
    _, document = trained(small())
    links = Words(html_of(document)).links
    assert len(links) == len(set(links)) == 2
    assert all(base64.b64decode(link.split(",")[1]).startswith(b"\x89PNG") for link in links)
