"""Names that are the same or nearly so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.likeness import bare, keys, near, numbers, spelled


@pytest.mark.parametrize(
    "one, other",
    [
        ("EcoDataCenter AB", "EcoDataCenter"),
        ("Ecodatacenter", "Eco Data Center"),
        ("IDC Nova", "IDCNova"),
        ("Örsted A/S", "Orsted"),
        ("Leonardo S.p.A.", "LEONARDO"),
        ("Bull SAS", "Bull"),
        ("The Brookfield Corporation", "Brookfield"),
        ("AB Volvo (publ)", "Volvo"),
        ("Nscale Ltd.", "NSCALE"),
        ("Deutsche Telekom AG", "Deutsche-Telekom"),
        ("Falun data centre", "Falun Data Center"),
        ("Google's data centre in Hamina", "Google’s datacenter in Hamina"),
    ],
)
def test_one_name_in_two_spellings_is_known_as_one(one: str, other: str) -> None:
    assert not keys(one).isdisjoint(keys(other))


@pytest.mark.parametrize(
    "one, other",
    [
        ("Discoverer", "Discoverer++"),
        ("Jean Zay 3", "Jean Zay 4"),
        ("Borlänge", "Borås"),
        ("AB", "AS"),
        ("SE", "The Data Centre"),
        ("Limited", "AB"),
        ("European Investment Bank", "European Investment Fund"),
    ],
)
def test_two_names_are_not_one(one: str, other: str) -> None:
    assert keys(one).isdisjoint(keys(other))


def test_numbers_numerals_and_a_plus_tell_things_apart() -> None:
    assert numbers("jean zay 3") != numbers("jean zay 4") != numbers("jean zay")
    assert numbers("phase ii") != numbers("phase iii")
    assert numbers(bare("Discoverer++")) != numbers(bare("Discoverer"))
    assert numbers("nvidia a100") != numbers("nvidia h100")


@given(st.text(max_size=40))
def test_any_label_has_a_name_and_is_its_own_double(label: str) -> None:
    assert keys(label) == keys(label.upper()) or label.upper().lower() != label.lower()
    assert bool(bare(label)) == bool(spelled(label.replace("+", " plus ").replace("/", "").replace(".", ""))) or (
        # An article alone is no name.
        set(spelled(label).split()) <= {"the"}
    )


@given(st.lists(st.sampled_from(["site in falun", "site in faluns", "in falun site", "site in borås"])))
def test_the_order_of_words_is_of_no_account_and_likeness_is_symmetric(names: list[str]) -> None:
    for name in names:
        assert set(near(name, names)) >= {other for other in names if sorted(other.split()) == sorted(name.split())}
        for other in near(name, names):
            assert name in near(other, names)
