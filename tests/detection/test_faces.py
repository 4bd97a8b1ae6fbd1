"""Faces and poses: found, compared, kept, searched, shown."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from artextract.cli import app as command_line
from artextract.collection import Collection
from artextract.detection import face_detector as face_detector_module
from artextract.detection.detect import DETECTORS, DetectionWorker, Detector, detect
from artextract.detection.detection_store import DetectionIndex, DetectionStore
from artextract.detection.face_crops import CROP, PLACES, align
from artextract.detection.face_detector import face_detector
from artextract.detection.face_similarity import FaceIndex
from artextract.detection.faces import Face, fuse, overlap, retinaface
from artextract.detection.pose_similarity import LIMBS, PoseIndex, limbs_of, mirror
from artextract.detection.poses import blazepose
from artextract.errors import Stopped, WeightsError
from artextract.features.shards import picture_key
from artextract.progress import Step
from artextract.settings import CACHE_VARIABLE
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.server import picture_crops
from tests.support.made import jpeg, made_picture, somebody
from tests.ui.test_screens import screen, wait_for, words


@pytest.fixture
def people(people_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv(CACHE_VARIABLE, str(people_cache))
    return Collection.open("people")


def face(score: float, x: float, y: float, width: float = 0.2, height: float = 0.2) -> Face:
    return Face(score, x, y, width, height, np.full((5, 2), x, np.float32))


def test_a_face_that_every_view_shows_is_surer_than_one_that_one_view_shows() -> None:
    views = [[face(0.9, 0.1, 0.1), face(0.9, 0.6, 0.6)], [face(0.6, 0.12, 0.1)], []]
    both, alone = fuse(views)
    assert both.score == pytest.approx(0.5)
    assert both.x == pytest.approx((0.9 * 0.1 + 0.6 * 0.12) / 1.5)
    assert alone.score == pytest.approx(0.3)
    assert fuse([[], []]) == []


def test_overlap_is_of_intersection_and_union() -> None:
    assert overlap(face(1, 0, 0), face(1, 0, 0)) == pytest.approx(1)
    assert overlap(face(1, 0, 0), face(1, 0.1, 0)) == pytest.approx(1 / 3)
    assert overlap(face(1, 0, 0), face(1, 0.5, 0)) == 0


def test_a_turned_face_is_aligned_upright() -> None:
    picture = somebody()
    upright = retinaface().find(picture)[0]
    middle = np.array([256, 256])
    angle = np.deg2rad(25)
    turned = picture.rotate(25, Image.Resampling.BICUBIC)
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    places = ((upright.landmarks * 512 - middle) @ back.T + middle) / 512
    skewed = Face(1, 0, 0, 1, 1, places.astype(np.float32))
    one, other = align(picture, upright), align(turned, skewed)
    assert one.shape == (CROP, CROP, 3)
    inner = slice(35, 115)
    difference = np.abs(one[inner, inner].astype(int) - other[inner, inner].astype(int))
    assert difference.mean() < 6
    again = retinaface().find(Image.fromarray(one))[0]
    assert np.abs(again.landmarks - PLACES).max() < 0.08


def test_the_same_person_is_near_and_a_smaller_copy_and_its_mirror_image_are_found(people: Collection) -> None:
    index = FaceIndex(people)
    assert index.searched == index.works == 3
    assert [len(index.of_work(f"{name}.jpg")) for name in ("one", "two", "nobody")] == [1, 2, 0]
    near = index.near_stored(index.of_work("one.jpg")[0], 5)
    assert [face.work for face, _, _ in near] == ["two.jpg", "two.jpg"]
    assert near[0][1] <= near[1][1] < 0.4
    assert sorted(index.by_similarity) == [0, 1, 2]


def test_what_was_looked_at_is_not_looked_at_again(people: Collection) -> None:
    done = detect(people, DETECTORS["faces"])
    assert (done.computed, done.reused, done.detections, done.failed) == (0, 3, 3, {})


class Counting:
    """Finds none, one or two things in a picture, in turn, and counts the pictures."""

    key = "counting"

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, image: Image.Image, sha256: str = "", priority: int = 0) -> dict[str, np.ndarray]:
        self.asked += 1
        return {"value": np.full((self.asked % 3, 2), self.asked, np.float32)}


def counting(loaded: Counting | None = None) -> Detector:
    return Detector("things", "Things", lambda _collection: loaded or Counting(), lambda arrays: [*arrays["value"]])


def store_of(collection: Collection, detector: Detector) -> DetectionStore:
    return DetectionStore(collection, detector.name, detector.load(None).key)


def test_a_stopped_run_goes_on_where_it_was(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DetectionWorker, "shard", 4)
    loaded = Counting()
    detector = counting(loaded)

    def stop_late(step: Step) -> None:
        if step.done >= 12:
            raise Stopped

    monkeypatch.setattr("artextract.progress.INTERVAL", 0.0)
    with pytest.raises(Stopped):
        detect(collection, detector, stop_late)
    assert len(store_of(collection, detector).keys()) == 12
    done = detect(collection, detector)
    assert (done.reused, done.computed, loaded.asked) == (12, 12, 24)
    assert done.detections == len(DetectionIndex(collection, detector).detections) == 24
    assert done.rate


def test_a_damaged_part_is_found_anew(collection: Collection) -> None:
    store = DetectionStore(collection, "things", "x")
    hashes = ["a" * 64, "b" * 64, "c" * 64]
    three = {"count": np.array([1, 2], np.int32), "value": np.arange(3, dtype=np.float32)}
    store.append([*map(picture_key, hashes[:2])], three)
    shard = next(store.folder.glob("shard-*"))
    (store.folder / "shard-torn.safetensors").write_bytes(shard.read_bytes()[:40])
    store.append([picture_key(hashes[2])], {"count": np.array([0], np.int32), "value": np.empty(0, np.float32)})
    stored = store.joined()
    assert stored is not None
    assert sorted(stored.hashes) == hashes
    assert stored.arrays["count"].sum() == len(stored.arrays["value"]) == 3
    with store.writing():
        store.sweep()
    assert not (store.folder / "shard-torn.safetensors").exists()


def test_a_changed_picture_is_left_out_noted_and_tried_again(collection: Collection) -> None:
    work = collection.works().iloc[0]
    path = collection.image_path(work["image"])
    before = path.read_bytes()
    path.write_bytes(jpeg(made_picture(99)))
    done = detect(collection, counting())
    assert "changed after it was collected" in done.failed[work["id"]]
    assert done.computed == done.works - 1
    index = DetectionIndex(collection, counting())
    assert (index.searched, index.unreadable) == (done.works - 1, done.failed)
    version = store_of(collection, counting()).version()
    path.write_bytes(before)
    assert detect(collection, counting()).computed == 1
    index = DetectionIndex(collection, counting())
    assert (index.searched, index.unreadable) == (done.works, {})
    assert store_of(collection, counting()).version() != version


def test_a_picture_that_cannot_be_read_is_told_and_blocks_nothing(
    people_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "copy"))
    shutil.copytree(people_cache, tmp_path / "copy")
    people = Collection.open("people")
    store = store_of(people, DETECTORS["faces"])
    kept = store.joined()
    assert kept is not None
    gone = str(people.works().set_index("id").loc["nobody.jpg", "image_sha256"])
    for shard in store.folder.glob("shard-*"):
        shard.unlink()
    there = [sha256 for sha256 in kept.hashes if sha256 != gone]
    counts = kept.arrays["count"][[sha256 != gone for sha256 in kept.hashes]]
    store.append([*map(picture_key, there)], kept.arrays | {"count": counts})
    assert "cannot be searched" not in words(screen("faces", collection="people"))
    store.write_unreadable({gone: "nobody.jpg is missing or unreadable: collect it again."})
    app = screen("faces", collection="people")
    assert "1 work of people cannot be searched. The first is nobody.jpg" in words(app)
    assert "have not been detected" not in words(app)
    assert [one.label for one in app.button if one.key == "_find_faces"] == ["Try again"]
    assert "#### Choose a face" in words(app)


PLACES_OF_A_BODY = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=33, max_size=33)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""So many numbers are slow to draw where the machine has more to do."""


@UNHURRIED
@given(PLACES_OF_A_BODY, st.floats(0.2, 4), st.floats(-3, 3))
def test_limbs_forgive_place_and_size(places: list[tuple[float, float]], scale: float, shift: float) -> None:
    points = np.column_stack([np.array(places), np.ones(33)])
    moved = points * (scale, scale, 1) + (shift, -shift, 0)
    one, seen = limbs_of(points, 1.5)
    other, _ = limbs_of(moved, 1.5)
    long = np.linalg.norm(np.diff(points[np.array(LIMBS), :2], axis=1)[:, 0], axis=1) > 0.01
    assert np.allclose(one[long], other[long], atol=1e-3)
    assert seen.shape == (len(LIMBS),)


@UNHURRIED
@given(PLACES_OF_A_BODY)
def test_a_mirrored_pose_has_the_mirrored_limbs(places: list[tuple[float, float]]) -> None:
    points = np.column_stack([np.array(places), np.linspace(0.5, 1, 33)])
    swapped = points.copy()
    for left in (11, 13, 15, 23, 25, 27):
        swapped[[left, left + 1]] = points[[left + 1, left]]
    swapped[:, 0] = 1 - swapped[:, 0]
    expected, seen = limbs_of(swapped, 0.8)
    limbs, weights = mirror(*limbs_of(points, 0.8))
    assert np.allclose(limbs, expected, atol=1e-4)
    assert np.allclose(weights, seen)


def test_a_point_that_is_not_seen_has_no_part() -> None:
    points = np.column_stack([np.random.default_rng(0).random((33, 2)), np.ones(33)])
    points[15, 2] = 0.1
    _, seen = limbs_of(points, 1.0)
    assert seen[LIMBS.index((13, 15))] == 0
    assert (np.delete(seen, LIMBS.index((13, 15))) == 1).all()


def test_the_same_pose_is_near_though_smaller_and_in_a_mirror(people: Collection) -> None:
    index = PoseIndex(people)
    assert len(index.of_work("one.jpg")) == 1
    assert not index.of_work("nobody.jpg")
    shoulders = index.detections[index.of_work("one.jpg")[0]].found.points[[11, 12]]
    assert (shoulders[:, 2] > 0.9).all()
    assert shoulders[0, 0] > shoulders[1, 0]  # her left is at the picture's right
    near = index.near_stored(index.of_work("one.jpg")[0], 5)
    assert {pose.work for pose, _, _ in near} == {"two.jpg"}
    assert any(mirrored for _, _, mirrored in near) or len(near) == 1
    assert near[0][1] > 0.6


def test_faces_are_detected_from_the_command_line(people: Collection) -> None:
    runner = CliRunner()
    said = runner.invoke(command_line, ["detect-faces", "people", "--json"])
    assert json.loads(said.stdout)["reused"] == 3


def test_without_its_network_a_sentence_says_so_and_the_rest_works(
    people: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        face_detector_module._face_detector.cache_clear()
        patch.setattr(face_detector_module, "_FILE", "gone.dat")
        with pytest.raises(WeightsError, match="compares faces is not installed"):
            FaceIndex(people)
        said = words(screen("faces", collection="people"))
        assert "compares faces is not installed" in said
        poses = screen("faces", collection="people", view="poses", work="one.jpg")
        assert "#### Similar poses" in words(poses)
        assert detect(people, DETECTORS["poses"]).reused == 3
    face_detector_module._face_detector.cache_clear()
    with monkeypatch.context() as patch:
        blazepose.cache_clear()
        patch.setattr("artextract.detection.poses.DETECTOR", "gone")
        said = words(screen("faces", collection="people", view="poses"))
        assert "gone.tflite is missing from the package mediapipe" in said
        assert "#### Choose a face" in words(screen("faces", collection="people"))
    blazepose.cache_clear()


def test_a_damaged_file_of_the_face_network_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / face_detector_module._FILE).write_bytes(b"not a network")
    monkeypatch.setattr(face_detector_module, "package_folder", lambda name: tmp_path)
    crop = np.zeros((CROP, CROP, 3), np.uint8)
    with pytest.raises(WeightsError, match=r"resnet_model_v1\.dat is damaged"):
        face_detector_module.FaceEmbedder().embed([crop])


def test_the_faces_screen_finds_the_faces_of_the_open_work(people: Collection) -> None:
    app = screen("faces", collection="people", work="two.jpg", nth="2")
    said = words(app)
    assert "#### Two of them" in said
    assert "Using face 2 of 2. Click another face to search with it." in said
    assert "#### Similar faces" in said
    assert "No face found in this work" in words(screen("faces", collection="people", work="nobody.jpg"))
    assert "#### Choose a face" in words(screen("faces", collection="people"))


def test_a_face_of_an_uploaded_picture(people: Collection) -> None:
    app = screen("faces", collection="people")
    app.file_uploader[0].upload("photo.jpg", jpeg(somebody()), "image/jpeg").run()
    assert not app.exception
    assert "1 face found." in words(app)
    app.file_uploader[0].upload("x.jpg", b"no picture", "image/jpeg").run()
    assert "is not a picture in a supported format" in words(app)
    nobody = jpeg(made_picture(3, 200, 200))
    app.file_uploader[0].upload("nobody.jpg", nobody, "image/jpeg").run()
    assert "No face found in this picture." in words(app)


def test_all_faces_and_the_poses_keep_their_place(people: Collection) -> None:
    app = screen("faces", collection="people", view="all", by="year")
    assert "3 faces in 3 works" in words(app)
    app.segmented_control(key="_view").set_value("poses").run()
    assert not app.exception
    assert app.query_params["view"] == "poses"
    assert "#### Choose a pose" in words(app)
    app = screen("faces", collection="people", view="poses", work="one.jpg")
    assert "1 pose found." in words(app)
    assert "#### Similar poses" in words(app)


def test_the_button_finds_the_faces(people_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job_queue.clear()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "copy"))
    shutil.copytree(people_cache, tmp_path / "copy", ignore=shutil.ignore_patterns("detections"))
    app = screen("faces", collection="people")
    assert "Faces have not been detected in 3 works of people yet" in words(app)
    next(one for one in app.button if one.label == "Find faces").click().run()
    wait_for(job_queue(), f"faces:{Collection.open('people').root}")
    app.run()
    assert not app.exception
    assert "The collection has 3 faces" in words(app)
    assert "#### Choose a face" in words(app)


def test_parts_of_pictures_are_drawn_as_their_address_says(people: Collection) -> None:
    index, poses = FaceIndex(people), PoseIndex(people)
    one = index.detections[index.of_work("one.jpg")[0]]
    file = people.image_path(str(people.works().set_index("id").loc["one.jpg", "image"]))
    text = picture_crops.box_text(one.found)
    assert picture_crops.draw("face", file, text).size == (picture_crops.SIDE, picture_crops.SIDE)
    assert picture_crops.draw("beside", file, text).size == (2 * picture_crops.SIDE, picture_crops.SIDE)
    pose = poses.detections[poses.of_work("one.jpg")[0]].found
    drawn = np.asarray(picture_crops.draw("pose", file, picture_crops.points_text(pose)))
    assert (drawn == picture_crops._MARK).all(axis=2).sum() > 200
    for kind, what in (("face", "1_2"), ("face", "0_0_0_0"), ("pose", "1.2"), ("other", text)):
        with pytest.raises(ValueError):
            picture_crops.draw(kind, file, what)


def test_a_picture_of_one_pixel_has_nobody() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG")
    assert len(face_detector().detect(Image.open(buffer).convert("RGB"))["score"]) == 0
