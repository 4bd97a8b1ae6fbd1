def table(namesdef table(namesdef unsure_words(attribute: str, answer: Answer, classes: int) -> str:
    """What is known where an answer isn't sure; empty where it is.

    Args:
        attribute: "style", "genre" or "artist", or what a collection was taught.
        answer: on it.
        classes: that the model tells apart.
    """
    if not answer.unsure:
        return ""
    first, *others = answer.labels
    if answer.outside:
        return f"Not one of the {classes} {attribute}s that it knows; nearest: {first.name}."
    second = f", or {others[0].name} ({percent(others[0].probability)})" if others else ""
    return f"Perhaps {first.name} ({percent(first.probability)}){second}."


def table(names: Sequence[str], readings: Sequence[Reading]) -> pd.DataFrame:
    """Several readings as rows: the file, each attribute's answer and its probability."""
    rows = []
    for name, reading in zip(names, readings, strict=True):
        row: dict[str, Any] = {"File": name}
        for attribute in LABELLED:
            answer = reading.answer(attribute)
            row[NAMES[attribute]] = "not sure" if answer.unsure else answer.labels[0].name
            row[f"{NAMES[attribute]}, likeliest"] = answer.labels[0].name
            row[f"{NAMES[attribute]}, probability"] = answer.labels[0].probability
        row["Year"] = None if reading.date.unsure else round(reading.date.median)
        row["80 % from"], row["to"] = round(reading.date.low), round(reading.date.high)
        rows.append(row)
    return pd.DataFrame(rows).astype({"Year": "Int32"})


def as_json(name: str, model: str, reading: Reading) -> dict[str, Any]:
    """A reading as the command line prints it."""
    return {"model": model, "readings": [{"image": name} | asdict(reading)]}
