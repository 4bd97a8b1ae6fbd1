"""The command line: every job as a command.

Exit status: 0 done; 1 it could not be done, and a sentence on stderr says why; 2 the command was
given wrongly; 130 stopped by the person, what was finished is kept.
"""

import typer

from artextract.cli.app import run_app
from artextract.cli.attributes import evaluate_app, predict, predict_collection
from artextract.cli.collect import collect_app
from artextract.cli.comparison import compare_subsets
from artextract.cli.custom_labels import fit_custom_labels
from artextract.cli.detection import faces, poses
from artextract.cli.regions import path, regions
from artextract.cli.similarity import duplicates, evaluate_similarity
from artextract.cli.text import index_text
from artextract.cli.tray import export_tray
from artextract.cli.works import (
    build_index,
    embed,
    list_collections,
    make_map,
    manifest,
    neighbours,
    prepare,
    search,
)

app = typer.Typer(
    name="artextract",
    help="Explore a painting collection by visual similarity.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("app")(run_app)
app.add_typer(collect_app, name="collect")
app.command("collections")(list_collections)
app.command()(prepare)
app.command()(embed)
app.command("map")(make_map)
app.command()(regions)
app.command()(compare_subsets)
app.command()(neighbours)
app.command("index")(build_index)
app.command()(path)
app.command()(search)
app.command()(index_text)
app.command()(duplicates)
app.command()(faces)
app.command()(poses)
app.command()(manifest)
app.command("tray")(export_tray)
app.command()(predict)
app.command("predict-collection")(predict_collection)
app.command("fit-labels")(fit_custom_labels)
evaluate_app.command("similarity")(evaluate_similarity)
app.add_typer(evaluate_app, name="evaluate")
