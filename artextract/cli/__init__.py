"""The command line: every job as a command.

Exit status: 0 done; 1 not done, and a sentence on stderr says why; 2 wrong usage; 130 stopped by the
person, finished work is kept.
"""

import typer

from artextract.cli.app import run_app
from artextract.cli.attributes import evaluate_app, fit_labels, predict, predict_collection
from artextract.cli.collect import collect_app
from artextract.cli.comparison import compare_subsets
from artextract.cli.detection import detect_faces, detect_poses
from artextract.cli.regions import path, regions
from artextract.cli.search import search
from artextract.cli.similarity import evaluate_similarity, find_duplicates
from artextract.cli.text import index_text
from artextract.cli.tray import export_tray
from artextract.cli.works import (
    build_index,
    embed,
    export_manifest,
    list_collections,
    make_map,
    prepare,
    score_neighbours,
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
app.command("map")(make_map)
evaluate_app.command("similarity")(evaluate_similarity)
app.add_typer(evaluate_app, name="evaluate")
for function in (
    prepare,
    embed,
    regions,
    compare_subsets,
    score_neighbours,
    build_index,
    index_text,
    search,
    path,
    find_duplicates,
    detect_faces,
    detect_poses,
    predict,
    predict_collection,
    fit_labels,
    export_manifest,
    export_tray,
):
    app.command()(function)
