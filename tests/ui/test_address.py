"""Widgets that the address bar keeps."""

from streamlit.testing.v1 import AppTest


def widgets() -> None:
    import streamlit as st

    from artextract.ui import address

    address.choice(st.selectbox, "Letter", ["a", "b"], name="letter", default="a", clears=["page"])
    address.choice(st.select_slider, "Count", (5, 10), name="count", default=10)
    address.control(st.text_input, "Words", name="words", value=address.get("words"))
    address.control(st.toggle, "On", name="on", value=address.get("on") == "yes", default=False)
    address.choose_years(1500, 1600, "b_")


def opened(**parameters: str) -> AppTest:
    app = AppTest.from_function(widgets)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> list[object]:
    return [
        app.selectbox[0].value,
        app.select_slider[0].value,
        app.text_input[0].value,
        app.toggle[0].value,
        app.slider[0].value,
    ]


def test_an_address_sets_the_widgets() -> None:
    app = opened(letter="b", count="5", words="sea", on="yes", b_from="1510", b_to="1590")
    assert shown(app) == ["b", 5, "sea", True, (1510, 1590)]


def test_what_an_address_cannot_mean_is_the_default() -> None:
    app = opened(letter="z", count="7", on="perhaps", b_from="1590", b_to="1510")
    assert shown(app) == ["a", 10, "", False, (1500, 1600)]


def test_what_is_entered_goes_into_the_address_and_a_default_leaves_it() -> None:
    app = opened(page="3")
    app.selectbox[0].set_value("b")
    app.select_slider[0].set_value(5)
    app.text_input[0].set_value(" sea ")
    app.toggle[0].set_value(True)
    app.slider[0].set_value((1500, 1550)).run()
    assert app.query_params == {"letter": "b", "count": "5", "words": "sea", "on": "yes", "b_to": "1550"}
    app.selectbox[0].set_value("a")
    app.select_slider[0].set_value(10)
    app.text_input[0].set_value("")
    app.toggle[0].set_value(False)
    app.slider[0].set_value((1500, 1600)).run()
    assert app.query_params == {}


def test_years_before_christ_are_written_so_on_the_slider() -> None:
    def ancient() -> None:
        from artextract.ui import address

        address.choose_years(-500, 100)

    app = AppTest.from_function(ancient)
    app.query_params["from"] = "-350"
    app.query_params["to"] = "²"
    app.run()
    assert not app.exception
    slider = app.select_slider[0]
    assert slider.value == (-350, 100)
    assert [slider.format_func(year) for year in (-350, 100)] == ["350 BC", "100"]
    slider.set_range(-350, -301).run()
    assert not app.exception
    assert not app.warning
    assert dict(app.query_params) == {"from": "-350", "to": "-301"}
