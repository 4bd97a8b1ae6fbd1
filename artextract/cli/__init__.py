"""The command line: every job as a command.

Exit status: 0 done; 1 not done, and a sentence on stderr says why; 2 wrong usage; 130 stopped by the
person, finished work is kept.
"""

import typer

from artextract.cli import attributes, collect, comparison, maps, search, similarity, works
from artextract.cli.app import run_app, serve_tools

app = typer.Typer(
    name="artextract",
    help="Explore a painting collection by visual similarity.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("app")(run_app)
app.command("mcp")(serve_tools)
app.add_typer(collect.collect_app, name="collect")
app.command("collections")(works.list_collections)
app.command("map")(maps.make_map)
attributes.evaluate_app.command("similarity")(similarity.evaluate_similarity)
app.add_typer(attributes.evaluate_app, name="evaluate")
for function in (
    works.prepare,
    works.embed,
    maps.regions,
    comparison.compare_subsets,
    works.score_neighbours,
    works.build_index,
    search.index_text,
    search.search,
    maps.path,
    similarity.find_duplicates,
    works.detect_faces,
    works.detect_poses,
    attributes.predict,
    attributes.predict_collection,
    attributes.fit_labels,
    works.export_manifest,
):
    app.command()(function)
