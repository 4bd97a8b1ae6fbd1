"""The poses of the screen: people who hold themselves like one."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.detection.pose_detector import poses_of
from artextract.detection.pose_similarity import NearPose, PoseIndex, WorkPose
from artextract.ui import work_text
from artextract.ui.components.grid.component import Card, Score, picture_grid
from artextract.ui.faces import choices, opened
from artextract.ui.galleries import Gallery
from artextract.ui.server.picture_crops import draw_pose, points_text
from artextract.ui.server.request_costs import content_of
from artextract.ui.server.urls import crop_url
from artextract.vision.images import open_picture, thumbnail

NEAREST = 24
"""Poses shown as alike."""
SOME = 30
"""Poses offered where none is chosen."""
LIKENESS = Score(
    "Likeness",
    True,
    "How far the query’s limbs and these point the same way, −1 to 1; place, size and mirroring "
    "don’t count, and a limb that can’t be seen counts as neither like nor unlike.",
)


def show_poses(gallery: Gallery, index: PoseIndex) -> None:
    """A person of the open work or of an uploaded picture, and the poses most like theirs."""
    if not index.poses:
        st.info("No pose is found in this collection.", icon=":material/accessibility_new:")
        return
    left, right = st.columns([1, 2.2], gap="medium")
    with left:
        upload = choices.uploaded_picture()
        near = _near_upload(index, upload) if upload else _near_work(gallery, index)
    with right:
        if near is None:
            st.markdown("#### Choose a pose")
            st.caption(
                f"{len(index.poses):,} people in {index.searched:,} works. Press one of these, "
                "give a picture of your own, or come from a work in Explore."
            )
            some = sorted(range(len(index.poses)), key=lambda i: -_seen(index.poses[i]))[:SOME]
            _offer(gallery, index, some)
        elif near:
            st.markdown("#### The poses most like it")
            st.caption("↑ higher is closer. Press one to open its work.")
            _show_near(gallery, near)
        st.caption(
            "The poses are found by a network that learnt on photographs: it sees most people who "
            "are painted near and whole, and few in crowds, from behind, or far from nature."
        )


def _seen(one: WorkPose) -> float:
    return float(one.pose.points[:, 2].sum())


def _near_work(gallery: Gallery, index: PoseIndex) -> list[NearPose] | None:
    """The poses near to one of the open work's; None without an open work."""
    work = choices.chosen_work(gallery)
    if work is None:
        return None
    row = gallery.searcher.row_of(work)
    st.markdown(f"#### {work_text.plain(gallery.works['title'].iloc[row], 'Untitled')}")
    places = index.of_work(work)
    if not places:
        st.info("No pose is found in this work.", icon=":material/accessibility_new:")
        return []
    chosen = choices.nth(len(places))
    choices.show_query("person", "people", [_url(gallery, index.poses[place]) for place in places], chosen, 170)
    return index.near_pose(places[chosen], NEAREST)


def _near_upload(index: PoseIndex, upload: UploadedFile) -> list[NearPose]:
    """The poses near to one of an uploaded picture's; none if it shows none."""
    content = content_of(upload)
    poses = poses_of(opened.detect_in(content, upload.name, "poses"))
    if not poses:
        st.info("No pose is found in this picture.", icon=":material/accessibility_new:")
        return []
    picture = open_picture(content, upload.name).image
    small = thumbnail(picture, 480)
    chosen = choices.nth(len(poses))
    urls = [choices.data_url(draw_pose(small, points_text(pose))) for pose in poses]
    choices.show_query("person", "people", urls, chosen, 170)
    return index.near(poses[chosen].points, picture.width / picture.height, NEAREST)


def _show_near(gallery: Gallery, near: list[NearPose]) -> None:
    cards = [
        Card(
            id=one.pose.work,
            picture_url=_url(gallery, one.pose),
            title=gallery.labels[gallery.searcher.row_of(one.pose.work)],
            subtitle="in a mirror" if one.mirrored else "",
            scores=(f"{one.similarity:.3f}",),
            badge=str(rank),
            work=(gallery.collection.name, one.pose.work),
        )
        for rank, one in enumerate(near, start=1)
        if gallery.find(one.pose.work) is not None
    ]
    picture_grid(
        key="near_poses",
        cards=cards,
        scores=[LIKENESS],
        on_open=choices.open_work,
        column_width=200,
    )


def _offer(gallery: Gallery, index: PoseIndex, places: list[int]) -> None:
    cards = [
        Card(
            id=str(place),
            picture_url=_url(gallery, index.poses[place]),
            title=gallery.labels[row],
            subtitle="",
            work=(gallery.collection.name, index.poses[place].work),
        )
        for place in places
        if (row := gallery.find(index.poses[place].work)) is not None
    ]

    def asked(card: str) -> None:
        pose = index.poses[int(card)]
        choices.ask(pose.work, pose.number, "poses")

    picture_grid(key="some_poses", cards=cards, on_open=asked, column_width=150)


def _url(gallery: Gallery, one: WorkPose) -> str:
    return crop_url("pose", gallery.collection.name, one.sha256, points_text(one.pose))
