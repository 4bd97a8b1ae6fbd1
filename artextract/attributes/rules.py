"""The rules that turn predictions into a reading: which labels are listed, and what is "not sure"."""

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import ModelFacts
from artextract.attributes.reading import DateAnswer, Predictions, Reading, label_answers

MAX_OOD_PROBABILITY = 0.5
"""A picture that is more probably noise or text than this is out of distribution."""


def readings(predictions: Predictions, facts: ModelFacts) -> list[Reading]:
    """Predictions as readings, by these rules:

    - A picture is out of distribution if it is probably noise or text, or if its kNN similarity is
      below the model's minimum. Then nothing about it is sure.
    - Its style, artist and date are also not sure if its OOD score is above the model's threshold.
      Only the genre can still be: it depends less on the style.
    - A label is not sure if its probability is below the attribute's threshold, a date if its 80 %
      interval is wider than the threshold.
    """
    picture_ood = (predictions.knn_similarity.astype(float) < facts.min_knn_similarity) | (
        predictions.ood_probability > MAX_OOD_PROBABILITY
    )
    style_ood = (predictions.ood_score > facts.ood_score.threshold) | picture_ood
    ood = {"style": style_ood, "genre": picture_ood, "artist": style_ood}
    answers = {
        name: label_answers(
            predictions.probabilities[name], facts.classes.shown(name), facts.calibration[name].threshold, ood[name]
        )
        for name in LABELLED
    }
    years = predictions.date_quantiles()
    wide = years[:, 2] - years[:, 0] > facts.calibration["date"].threshold
    return [
        Reading(
            **{name: answers[name][row] for name in LABELLED},
            date=DateAnswer(float(median), float(low), float(high), bool(wide[row] | style_ood[row])),
            knn_similarity=float(predictions.knn_similarity[row]),
            ood_score=float(predictions.ood_score[row]),
            out_of_distribution=bool(picture_ood[row]),
        )
        for row, (low, median, high) in enumerate(years)
    ]
