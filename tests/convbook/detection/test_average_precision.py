"""Average precision: against COCO's own evaluator, a published example, and by hand."""

import contextlib
import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from convbook.detection import (
    COCO_THRESHOLDS,
    Detections,
    PrecisionRecall,
    Truths,
    ap_11_points,
    ap_101_points,
    ap_all_points,
    corners_to_coco,
    evaluate,
    interpolated_precision,
    match,
    overlaps,
    precision_recall,
)
from tests.convbook.detection.scenes import (
    SEEDS,
    nothing_found,
    nothing_there,
    random_boxes,
    random_detections,
    random_truths,
)

CLASSES = 3
OUTSIDE_EVERY_AREA_RANGE = 1e11


def coco_set(images, kind, classes):
    """COCO's own form of truths or detections: image and class numbers count from 1 here."""
    annotations = []
    for image, result in enumerate(images, start=1):
        for i, box in enumerate(corners_to_coco(result.boxes)):
            annotation = {
                "id": len(annotations) + 1,
                "image_id": image,
                "category_id": int(result.classes[i]) + 1,
                "bbox": box.tolist(),
                "area": box[2] * box[3],
                "iscrowd": 0,
            }
            if kind == "truths":
                annotation["iscrowd"] = int(result.crowd[i])
                if result.ignored[i]:
                    annotation["area"] = OUTSIDE_EVERY_AREA_RANGE
            else:
                annotation["score"] = float(result.scores[i])
            annotations.append(annotation)
    coco = COCO()
    coco.dataset = {
        "images": [{"id": image} for image in range(1, len(images) + 1)],
        "categories": [{"id": label} for label in range(1, classes + 1)],
        "annotations": annotations,
    }
    coco.createIndex()
    return coco


def coco_evaluation(truths, detections, classes=CLASSES, max_detections=100):
    """Precision at (threshold, recall, class) and stats; -1 where there is nothing to find."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluator = COCOeval(
            coco_set(truths, "truths", classes), coco_set(detections, "found", classes), "bbox"
        )
        evaluator.params.maxDets = [max_detections]
        evaluator.evaluate()
        evaluator.accumulate()
    return evaluator.eval["precision"][..., 0, 0]


def assert_equals_coco(truths, detections, classes=CLASSES, max_detections=100):
    precision = coco_evaluation(truths, detections, classes, max_detections)
    ours = evaluate(truths, detections, classes, max_detections=max_detections)
    expected = np.where(precision[:, 0] < 0, np.nan, precision.mean(axis=1))
    assert_allclose(ours.ap, expected, rtol=0, atol=1e-12)
    for mean, of in ((ours.mean_ap, precision), (ours.mean_ap_at(0.5), precision[:1])):
        known = of[of > -1]
        assert_allclose(mean, known.mean() if known.size else np.nan, rtol=0, atol=1e-12)
    for label in range(classes):
        for threshold in (0, 5):
            curve = precision_recall(
                truths,
                detections,
                label,
                iou_threshold=COCO_THRESHOLDS[threshold],
                max_detections=max_detections,
            )
            if curve.objects:
                at = interpolated_precision(curve, np.linspace(0, 1, 101))
                assert_allclose(at, precision[threshold, :, label], rtol=0, atol=1e-12)


# Against COCOeval


@settings(max_examples=150)
@given(SEEDS, st.integers(1, 6))
def test_equals_coco_on_random_images(seed, images):
    rng = np.random.default_rng(seed)
    truths = [random_truths(rng) for _ in range(images)]
    assert_equals_coco(truths, [random_detections(rng, image) for image in truths])


@settings(max_examples=40)
@given(SEEDS, st.integers(1, 4))
def test_equals_coco_with_few_detections_allowed(seed, allowed):
    rng = np.random.default_rng(seed)
    truths = [random_truths(rng, classes=1) for _ in range(3)]
    detections = [random_detections(rng, image, classes=1) for image in truths]
    assert_equals_coco(truths, detections, classes=1, max_detections=allowed)


@settings(max_examples=30)
@given(SEEDS)
def test_equals_coco_on_coordinates_with_any_fraction(seed):
    rng = np.random.default_rng(seed)
    truths = [
        Truths(image.boxes + rng.random((len(image), 1)), image.classes, image.crowd)
        for image in (random_truths(rng) for _ in range(4))
    ]
    detections = []
    for image in truths:
        sizes = np.tile(image.boxes[:, 2:] - image.boxes[:, :2], 2)
        boxes = image.boxes + sizes * rng.uniform(0, 0.4, (len(image), 4))
        detections.append(Detections(boxes, rng.random(len(image)), image.classes))
    assert_equals_coco(truths, detections)


def test_equals_coco_on_many_detections():
    rng = np.random.default_rng(0)
    truths = [Truths(random_boxes(rng, 40, 20), np.zeros(40)) for _ in range(3)]
    detections = [
        Detections(random_boxes(rng, count, 20), rng.integers(0, 9, count), np.zeros(count))
        for count in (99, 100, 250)
    ]
    assert_equals_coco(truths, detections, classes=1)
    cut = evaluate(truths, detections, 1).ap
    assert not np.array_equal(cut, evaluate(truths, detections, 1, max_detections=999).ap)


ONE = Truths([[0, 0, 4, 4]], [0])
DEGENERATE = {
    "nothing there, nothing found": ([nothing_there()], [nothing_found()]),
    "nothing found": ([ONE], [nothing_found()]),
    "nothing there": ([nothing_there()], [Detections([[0, 0, 4, 4]], [1], [0])]),
    "one class absent": (
        [ONE],
        [Detections([[0, 0, 4, 4], [0, 0, 4, 4]], [0.5, 0.9], [0, 1])],
    ),
    "duplicates": ([ONE], [Detections([[0, 0, 4, 4]] * 3, [0.1, 0.3, 0.2], [0] * 3)]),
    "duplicates with one score": ([ONE], [Detections([[0, 0, 4, 4]] * 3, [1] * 3, [0] * 3)]),
    "equal scores in two images": (
        [ONE, ONE],
        [
            Detections([[9, 9, 10, 10], [0, 0, 4, 4]], [0.5, 0.5], [0, 0]),
            Detections([[0, 0, 4, 4], [9, 9, 10, 10]], [0.5, 0.5], [0, 0]),
        ],
    ),
    "equal overlaps": (
        [Truths([[0, 0, 4, 4], [2, 0, 6, 4]], [0, 0])],
        [Detections([[1, 0, 5, 4], [2, 0, 6, 4]], [0.9, 0.8], [0, 0])],
    ),
    "a crowd takes any number": (
        [Truths([[0, 0, 9, 9], [20, 0, 24, 4]], [0, 0], crowd=[True, False])],
        [
            Detections(
                [[0, 0, 1, 1], [3, 3, 5, 5], [8, 8, 10, 10], [20, 0, 24, 4]],
                [0.9, 0.8, 0.7, 0.6],
                [0] * 4,
            )
        ],
    ),
    "an object comes before a crowd that fits better": (
        [Truths([[0, 0, 20, 20], [1, 1, 4, 4]], [0, 0], crowd=[True, False])],
        [Detections([[1, 1, 4, 3]], [1], [0])],
    ),
    "an ignored object is found once": (
        [Truths([[0, 0, 4, 4], [9, 9, 12, 12]], [0, 0], ignored=[True, False])],
        [Detections([[0, 0, 4, 4], [0, 0, 4, 4], [9, 9, 12, 12]], [3, 2, 1], [0] * 3)],
    ),
    "nothing but crowds": (
        [Truths([[0, 0, 4, 4]], [0], crowd=[True])],
        [Detections([[0, 0, 4, 4]], [1], [0])],
    ),
    "only ignored ones found": (
        [Truths([[0, 0, 4, 4], [9, 9, 12, 12]], [0, 0], ignored=[True, False])],
        [Detections([[0, 0, 4, 4]], [1], [0])],
    ),
    "boxes without area": (
        [Truths([[1, 1, 1, 4]], [0])],
        [Detections([[1, 1, 1, 4], [1, 1, 2, 4]], [1, 0.5], [0, 0])],
    ),
    "an overlap exactly at a threshold": (
        [Truths([[0, 0, 4, 4]], [0])],
        [Detections([[0, 0, 4, 2]], [1], [0])],
    ),
    "empty images in between": (
        [nothing_there(), ONE, nothing_there()],
        [nothing_found(), Detections([[0, 0, 4, 4]], [1], [0]), nothing_found()],
    ),
}


@pytest.mark.parametrize("case", DEGENERATE.values(), ids=DEGENERATE)
def test_equals_coco_on_degenerate_images(case):
    assert_equals_coco(*case)


def test_the_degenerate_values_are_those_documented():
    def means(name):
        evaluation = evaluate(*DEGENERATE[name], CLASSES)
        return evaluation.mean_ap, evaluation.mean_ap_at(0.5)

    assert np.isnan(means("nothing there, nothing found")).all()
    assert np.isnan(means("nothing there")).all()
    assert np.isnan(means("nothing but crowds")).all()
    assert means("nothing found") == (0, 0)
    assert means("boxes without area") == (0, 0)
    assert means("a crowd takes any number") == pytest.approx((0.5, 0.5))
    assert means("an overlap exactly at a threshold") == pytest.approx((0.1, 1))


# Against a published example and by hand


@pytest.fixture
def padilla():
    """24 detections of 15 objects; these ranks are right (Padilla 2020, section IV)."""
    right = np.isin(np.arange(1, 25), [1, 3, 10, 12, 13, 14, 23])
    found = np.cumsum(right)
    return PrecisionRecall(found / 15, found / np.arange(1, 25), np.arange(24, 0, -1), 15)


def test_the_published_example(padilla):
    assert round(100 * ap_11_points(padilla), 2) == 26.84
    assert round(100 * ap_all_points(padilla), 2) == 24.57


def test_the_published_example_as_a_fraction(padilla):
    steps = [Fraction(1), Fraction(2, 3), *[Fraction(6, 14)] * 4, Fraction(7, 23)]
    assert ap_all_points(padilla) == pytest.approx(float(sum(steps) / 15), abs=1e-15)


def test_a_recall_that_is_just_reached_counts_for_the_11_points():
    three_of_ten = PrecisionRecall(np.array([0.1, 0.2, 3 / 10]), np.ones(3), np.ones(3), 10)
    assert ap_11_points(three_of_ten) == pytest.approx(4 / 11)


@settings(max_examples=50)
@given(SEEDS)
def test_all_points_is_the_limit_of_ever_more_points(seed):
    rng = np.random.default_rng(seed)
    found = np.cumsum(rng.random(20) < 0.6)
    curve = PrecisionRecall(found / 25, found / np.arange(1, 21), np.arange(20), 25)
    middles = (np.arange(1000) + 0.5) / 1000  # no recall of 25 objects lies between two of them
    limit = interpolated_precision(curve, middles).mean()
    assert ap_all_points(curve) == pytest.approx(limit, abs=1e-12)


@settings(max_examples=15)
@given(SEEDS)
def test_only_the_order_of_scores_matters(seed):
    rng = np.random.default_rng(seed)
    truths = [random_truths(rng) for _ in range(3)]
    detections = [random_detections(rng, image) for image in truths]
    rescored = [Detections(d.boxes, np.exp(3 * d.scores), d.classes) for d in detections]
    for average in (ap_11_points, ap_101_points, ap_all_points):
        before = evaluate(truths, detections, CLASSES, average=average).ap
        assert_array_equal(evaluate(truths, rescored, CLASSES, average=average).ap, before)
        assert ((before >= 0) & (before <= 1) | np.isnan(before)).all()


@pytest.mark.parametrize("average", [ap_11_points, ap_101_points, ap_all_points])
def test_the_ends_of_the_scale(average):
    rng = np.random.default_rng(0)
    boxes = random_boxes(rng, 8) + 20 * np.arange(8)[:, np.newaxis] + [0, 0, 1, 1]
    truths = [Truths(boxes, np.arange(8) % CLASSES)]
    perfect = [Detections(boxes, rng.random(8), truths[0].classes)]
    assert_allclose(evaluate(truths, perfect, CLASSES, average=average).ap, 1)
    moved = [Detections(boxes + 500, rng.random(8), truths[0].classes)]
    assert_array_equal(evaluate(truths, moved, CLASSES, average=average).ap, 0)
    assert np.isnan(average(precision_recall([nothing_there()], moved, 0)))
    assert average(precision_recall(truths, [nothing_found()], 0)) == 0


def test_one_curve_by_hand():
    truths = [Truths([[0, 0, 4, 4], [10, 0, 14, 4]], [0, 0]), Truths([[0, 0, 4, 4]], [0])]
    detections = [
        Detections([[10, 0, 14, 4], [30, 0, 34, 4]], [0.6, 0.9], [0, 0]),
        Detections([[0, 0, 4, 3]], [0.8], [0]),
    ]
    curve = precision_recall(truths, detections, 0)
    assert_allclose(curve.scores, [0.9, 0.8, 0.6])
    assert_allclose(curve.precision, [0, 1 / 2, 2 / 3])
    assert_allclose(curve.recall, [0, 1 / 3, 2 / 3])
    assert curve.objects == 3
    assert ap_all_points(curve) == pytest.approx(2 / 3 * 2 / 3)
    strict = precision_recall(truths, detections, 0, iou_threshold=0.8)
    assert_allclose(strict.recall, [0, 0, 1 / 3])


def test_a_curve_without_objects_has_no_recall():
    curve = precision_recall([nothing_there()], [Detections([[0, 0, 1, 1]], [1], [0])], 0)
    assert np.isnan(curve.recall).all()
    assert curve.precision.tolist() == [0]


# Wrong input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluate([ONE], [], 1), "truths of 1 images and detections of 0"),
        (lambda: evaluate([ONE], [Detections([[0, 0, 1, 1]], [1], [2])], 2), "class 2 is not"),
        (lambda: evaluate([ONE], [nothing_found()], 0), "class 0 is not"),
        (lambda: evaluate([ONE], [nothing_found()], 1, max_detections=0), "at least 1, got 0"),
        (lambda: evaluate([ONE], [nothing_found()], 1, thresholds=[1.5]), "0..1, got 1.5"),
        (lambda: evaluate([ONE], [nothing_found()], 1).mean_ap_at(0.3), "not at 0.3"),
        (lambda: precision_recall([ONE], [], 0), "truths of 1 images"),
        (lambda: match(np.zeros((2, 3)), ONE), r"shape \(n, 1\), .* shape \(2, 3\)"),
        (lambda: match(np.zeros((2, 1)), ONE, -0.1), "0..1, got -0.1"),
        (lambda: Detections([[0, 0, 1, 1]], [np.nan], [0]), "scores must be finite"),
        (
            lambda: Detections([[0, 0, 1, 1]], [1], []),
            r"classes must have shape \(1,\), got \(0,\)",
        ),
        (lambda: Detections([[0, 0, 1, 1]], [], [0]), r"scores must have shape \(1,\), got \(0,\)"),
        (lambda: Truths([[0, 0, 1, 1]], [0], crowd=[True, False]), r"crowd must have shape \(1,\)"),
        (lambda: Truths([[0, 0, 1, 1]], [0], ignored=[]), r"ignored must have shape \(1,\)"),
        (lambda: Truths([[0, 0, 1]], [0]), r"\(n, 4\)"),
        (lambda: Truths([[0, 0, 1, 1]], [-1]), "from 0"),
    ],
)
def test_wrong_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_overlap_with_a_crowd_is_the_share_that_lies_inside():
    truths = Truths([[0, 0, 10, 10], [0, 0, 10, 10]], [0, 0], crowd=[True, False])
    detections = Detections([[8, 0, 12, 5], [3, 3, 3, 3]], [1, 1], [0, 0])
    assert_allclose(overlaps(detections, truths), [[0.5, 10 / 110], [0, 0]])
